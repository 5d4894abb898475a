#include "message/path.h"

namespace fedmsg::message {

Path::Path(std::string_view dotted) {
    for (;;) {
        const auto dot = dotted.find('.');
        keys_.emplace_back(dotted.substr(0, dot));
        if (dot == std::string_view::npos) return;
        dotted.remove_prefix(dot + 1);
    }
}

const encoding::Node* Path::find(encoding::Node root) const {
    const auto* node = root.find(keys_.front());
    for (std::size_t i = 1; i < keys_.size() && node != nullptr; ++i) node = node->find(keys_[i]);
    return node;
}

}  // namespace fedmsg::message
