#include "wire/zmtp.h"

#include <fmt/core.h>

#include <algorithm>

namespace fedmsg::wire {
namespace {

constexpr char more_flag = 1, long_flag = 2, command_flag = 4;
constexpr std::size_t short_header = 2, long_header = 9, longest_short = 255;

// The greeting: signature, version, mechanism, as-server, filler. RFC 23, "Greeting".
constexpr std::size_t signature_end = 9, major_version = 10, mechanism_begin = 12, mechanism_size = 20;

void append_big_endian(std::string& out, std::uint64_t value, std::size_t bytes) {
    while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes));
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

void append_with_flags(std::string& out, std::string_view payload, char flags) {
    if (payload.size() > longest_short) {
        out += static_cast<char>(flags | long_flag);
        append_big_endian(out, payload.size(), sizeof(std::uint64_t));
    } else {
        out += flags;
        out += static_cast<char>(payload.size());
    }
    out += payload;
}

/// A string after its length in `width` bytes, taken off the front of `bytes`.
std::string_view take_counted(std::string_view& bytes, std::size_t width) {
    if (bytes.size() < width) throw ProtocolError("it breaks the protocol: a command is cut off");
    const auto size = big_endian(bytes.substr(0, width));
    if (size > bytes.size() - width) throw ProtocolError("it breaks the protocol: a command is cut off");
    const auto text = bytes.substr(width, static_cast<std::size_t>(size));
    bytes.remove_prefix(width + text.size());
    return text;
}

/// For an error message: what a peer sent, without what a terminal would obey.
std::string printable(std::string_view text) {
    constexpr std::size_t longest_shown = 80;
    std::string result{text.substr(0, longest_shown)};
    std::replace_if(
        result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return result;
}

}  // namespace

std::string greeting() {
    std::string text(greeting_size, '\0');
    text[0] = '\xff';
    text[signature_end - 1] = '\1';
    text[signature_end] = '\x7f';
    text[major_version] = '\3';
    text.replace(mechanism_begin, 4, "NULL");
    return text;
}

void append_frame(std::string& out, std::string_view payload, bool more) {
    append_with_flags(out, payload, more ? more_flag : '\0');
}

std::optional<FrameHeader> read_header(std::string_view bytes) {
    if (bytes.empty()) return std::nullopt;
    const char flags = bytes[0];
    if ((flags & ~(more_flag | long_flag | command_flag)) != 0)
        throw ProtocolError("it breaks the protocol: a frame has unknown flags");
    const auto length = (flags & long_flag) != 0 ? long_header : short_header;
    if (bytes.size() < length) return std::nullopt;
    return FrameHeader{(flags & command_flag) != 0, (flags & more_flag) != 0, length,
                       big_endian(bytes.substr(1, length - 1))};
}

bool Handshake::take_greeting(std::string_view& bytes) {
    if (greeting_.size() == greeting_size) return true;
    const auto part = bytes.substr(0, greeting_size - greeting_.size());
    if (part.empty()) return false;
    greeting_ += part;
    bytes.remove_prefix(part.size());
    read_greeting();
    return greeting_.size() == greeting_size;
}

/// Of a greeting that is not complete, what is there is looked at: who does not speak ZMTP may never send 64
/// bytes.
void Handshake::read_greeting() {
    const auto is_there = [&](std::size_t position) { return greeting_.size() > position; };
    if (greeting_[0] != '\xff' || (is_there(signature_end) && (greeting_[signature_end] & 1) == 0))
        throw ProtocolError("it does not speak ZeroMQ PUB/SUB");
    if (is_there(major_version) && greeting_[major_version] < 3)
        throw ProtocolError(fmt::format("it speaks ZMTP {}, and 3 is needed (ZeroMQ 4)",
                                        static_cast<int>(greeting_[major_version])));
    if (greeting_.size() < greeting_size) return;
    const auto mechanism = std::string_view{greeting_}.substr(mechanism_begin, mechanism_size);
    const auto name = mechanism.substr(0, mechanism.find('\0'));
    if (name != "NULL")
        throw ProtocolError("it asks for the mechanism " + printable(name) + ", and the bus uses NULL");
    const std::string_view type = role_ == Role::publisher ? "XPUB" : "SUB";
    std::string ready = "\5READY\13Socket-Type";
    append_big_endian(ready, type.size(), sizeof(std::uint32_t));
    ready += type;
    append_with_flags(output_, ready, command_flag);
}

void Handshake::on_command(std::string_view payload) {
    const auto name = take_counted(payload, 1);
    if (!ready_ && name == "READY") return on_ready(payload);
    if (name == "ERROR") throw ProtocolError("it refuses us: " + printable(take_counted(payload, 1)));
    if (!ready_) throw ProtocolError("it breaks the protocol: " + printable(name) + " before READY");
    if (name == "PING") {
        constexpr std::size_t time_to_live = 2, longest_context = 16;  // RFC 37
        const auto context = payload.substr(std::min(payload.size(), time_to_live));
        append_with_flags(output_, "\4PONG" + std::string{context.substr(0, longest_context)}, command_flag);
    }
}

void Handshake::on_ready(std::string_view properties) {
    while (!properties.empty()) {
        const auto name = take_counted(properties, 1);
        const auto value = take_counted(properties, sizeof(std::uint32_t));
        if (name != "Socket-Type") continue;
        const bool publishes = value == "PUB" || value == "XPUB",
                   subscribes = value == "SUB" || value == "XSUB";
        if (role_ == Role::publisher && !subscribes)
            throw ProtocolError("it is a " + printable(value) + " socket, not a subscriber" +
                                (publishes ? ": is that the relay's outbound side?" : ""));
        if (role_ == Role::subscriber && !publishes)
            throw ProtocolError("it is a " + printable(value) + " socket, not a publisher" +
                                (subscribes ? ": is that the relay's inbound side?" : ""));
    }
    ready_ = true;
}

void Handshake::on_message() const {
    if (!ready_) throw ProtocolError("it breaks the protocol: a message before READY");
}

void PublisherSession::feed(std::string_view bytes) {
    if (!handshake_.take_greeting(bytes)) return;
    bytes_ += bytes;
    std::string_view rest = bytes_;
    while (const auto header = read_header(rest)) {
        if (header->size > longest_command)
            throw ProtocolError(fmt::format("it sends a frame of {} bytes, and subscribers send {} at most",
                                            header->size, longest_command));
        if (rest.size() - header->length < header->size) break;
        const auto payload = rest.substr(header->length, static_cast<std::size_t>(header->size));
        if (header->command)
            handshake_.on_command(payload);
        else
            on_message(payload);
        rest.remove_prefix(header->length + payload.size());
    }
    bytes_.erase(0, bytes_.size() - rest.size());
}

void PublisherSession::on_message(std::string_view payload) {
    handshake_.on_message();
    if (payload.starts_with('\1')) {
        if (!subscriptions_.add(payload.substr(1)))
            throw ProtocolError(
                fmt::format("its subscriptions take more than {} bytes", Subscriptions::most_bytes));
        wanted_ = true;
    } else if (payload.starts_with('\0')) {
        subscriptions_.remove(payload.substr(1));
    } else {
        ++ignored_;
    }
}

}  // namespace fedmsg::wire
