/// \file
/// libzmq for the executable: loaded by the first call of one of its functions. Loading it, and the fourteen
/// libraries that it brings along, takes half of the time of a `fedmsg logger --message`, which does without;
/// so do `tail`, `--help`, `config` and `encode`. Programs that link the library (tests, examples) link
/// libzmq as usual.
#include "util/error.h"

#include <dlfcn.h>
#include <zmq.h>

#include <string>

namespace {

/// \throws fedmsg::SetupError
void* symbol(const char* name) {
    constexpr auto library = "libzmq.so.5";
    static void* const loaded = ::dlopen(library, RTLD_LAZY | RTLD_LOCAL);
    void* const found = loaded ? ::dlsym(loaded, name) : nullptr;
    if (!found)
        throw fedmsg::SetupError(std::string{"cannot load "} + library + ": " + ::dlerror() +
                                 ": install ZeroMQ (Debian: libzmq5)");
    return found;
}

}  // namespace

/// The function of that name in libzmq.
#define REAL(name)                                                                   \
    ([] {                                                                            \
        static const auto real = reinterpret_cast<decltype(&(name))>(symbol(#name)); \
        return real;                                                                 \
    }())

extern "C" {

int zmq_errno() { return REAL(zmq_errno)(); }
const char* zmq_strerror(int number) { return REAL(zmq_strerror)(number); }

void* zmq_ctx_new() { return REAL(zmq_ctx_new)(); }
int zmq_ctx_set(void* context, int option, int value) { return REAL(zmq_ctx_set)(context, option, value); }
int zmq_ctx_term(void* context) { return REAL(zmq_ctx_term)(context); }

void* zmq_socket(void* context, int type) { return REAL(zmq_socket)(context, type); }
int zmq_close(void* socket) { return REAL(zmq_close)(socket); }
int zmq_bind(void* socket, const char* address) { return REAL(zmq_bind)(socket, address); }
int zmq_connect(void* socket, const char* address) { return REAL(zmq_connect)(socket, address); }
int zmq_setsockopt(void* socket, int option, const void* value, size_t size) {
    return REAL(zmq_setsockopt)(socket, option, value, size);
}
int zmq_getsockopt(void* socket, int option, void* value, size_t* size) {
    return REAL(zmq_getsockopt)(socket, option, value, size);
}
int zmq_socket_monitor(void* socket, const char* address, int events) {
    return REAL(zmq_socket_monitor)(socket, address, events);
}

int zmq_msg_init(zmq_msg_t* message) { return REAL(zmq_msg_init)(message); }
int zmq_msg_init_size(zmq_msg_t* message, size_t size) { return REAL(zmq_msg_init_size)(message, size); }
int zmq_msg_close(zmq_msg_t* message) { return REAL(zmq_msg_close)(message); }
int zmq_msg_send(zmq_msg_t* message, void* socket, int flags) {
    return REAL(zmq_msg_send)(message, socket, flags);
}
int zmq_msg_recv(zmq_msg_t* message, void* socket, int flags) {
    return REAL(zmq_msg_recv)(message, socket, flags);
}
void* zmq_msg_data(zmq_msg_t* message) { return REAL(zmq_msg_data)(message); }
size_t zmq_msg_size(const zmq_msg_t* message) { return REAL(zmq_msg_size)(message); }
int zmq_msg_more(const zmq_msg_t* message) { return REAL(zmq_msg_more)(message); }
int zmq_msg_get(const zmq_msg_t* message, int property) { return REAL(zmq_msg_get)(message, property); }
const char* zmq_msg_gets(const zmq_msg_t* message, const char* property) {
    return REAL(zmq_msg_gets)(message, property);
}

}  // extern "C"
