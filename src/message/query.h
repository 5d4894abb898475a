#pragma once
/// \file
/// `--query msg.name,username`: some values of a message on one line. Source: fedmsg 1.1.7, utils.py
/// `dict_query`.

#include "message/path.h"
#include "message/text.h"

#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::message {

class Query {
  public:
    /// \param paths  separated by commas; white space around each is taken away, and a path that was there
    /// before
    ///               is not asked for again
    explicit Query(std::string_view paths);

    /// Appends the values, separated by `, `, each as write_bare() has it; nothing for one that is missing.
    void write(encoding::Node envelope, Controls controls, std::string& out) const;

  private:
    std::vector<Path> paths_;
};

}  // namespace fedmsg::message
