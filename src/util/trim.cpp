#include "util/trim.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

namespace fedmsg {

void release_startup_memory() {
    ::dl_iterate_phdr(
        [](dl_phdr_info* object, std::size_t, void*) {
            const auto page = static_cast<ElfW(Addr)>(::sysconf(_SC_PAGESIZE));
            for (int i = 0; i < object->dlpi_phnum; ++i) {
                const auto& segment = object->dlpi_phdr[i];
                // Code only: it is never written to, so what is dropped is in the file as it was.
                if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_X) || (segment.p_flags & PF_W))
                    continue;
                const auto begin = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
                const auto end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
                ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
            }
            return 0;
        },
        nullptr);
    ::malloc_trim(0);
}

}  // namespace fedmsg
