// Prints the messages of the bus.
//
//     tail [FILE [COUNT]]    FILE: a configuration instead of /etc/fedmsg.d; COUNT: end after so many
#include "api/fedmsg.h"

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) try {
    fedmsg::LoadOptions options;
    if (argc > 1) options.config_filename = argv[1];
    long left = argc > 2 ? std::atol(argv[2]) : -1;

    const auto config = fedmsg::load_config(options).config;
    for (const auto& [name, endpoint, topic, message] : fedmsg::tail_messages(config)) {
        std::cout << name << " " << endpoint << " " << topic << " " << fedmsg::encoding::dumps(message)
                  << std::endl;
        if (--left == 0) break;
    }
} catch (const std::exception& e) {
    std::cerr << "tail: " << e.what() << "\n";
    return 1;
}
