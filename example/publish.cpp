// Publishes one message, as a service does: bound to an address of its own, or through the relay with
// `active`.
//
//     publish [FILE]    FILE: a configuration instead of /etc/fedmsg.d
#include "api/fedmsg.h"

#include <chrono>
#include <iostream>

namespace tagger {

struct User {
    std::string name;
    std::chrono::system_clock::time_point member_since;
};

// How a user looks in a message. It is found by its name, next to the type.
fedmsg::encoding::Value to_json(const User& user) {
    return fedmsg::encoding::Object{{"name", user.name}, {"member_since", user.member_since}};
}

}  // namespace tagger

int main(int argc, char** argv) try {
    fedmsg::LoadOptions options;
    if (argc > 1) options.config_filename = argv[1];
    fedmsg::init(fedmsg::load_config(options).config);

    const tagger::User user{"ralph", std::chrono::system_clock::from_time_t(1307654321)};
    fedmsg::publish(
        {.topic = "tag.update",
         .modname = "fedoratagger",
         .msg = fedmsg::encoding::Object{{"user", user}, {"tag", "awesome"}},
         .pre_fire_hook = [](auto& message) { std::cout << message["msg_id"].string()->size() << "\n"; }});
    fedmsg::destroy();
} catch (const std::exception& e) {
    std::cerr << "publish: " << e.what() << "\n";
    return 1;
}
