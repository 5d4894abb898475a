#pragma once
/// \file
/// What is put around the body of a message before it is published. Source: spec "Envelope".

#include "encoding/value.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace fedmsg::message {

/// Writes envelopes straight to their published form: sorted keys, no white space, ASCII.
///
/// About 60 ns a message besides copying the body; the topic is encoded again only when it differs from the
/// one before.
class EnvelopeWriter {
  public:
    /// \param username  what is not UTF-8 in it is replaced by U+FFFD
    explicit EnvelopeWriter(std::string_view username);

    /// Appends the envelope to `out`.
    /// \param topic   UTF-8
    /// \param body    the published form of `msg`; what is false in Python (null, 0, "", [] …) becomes `{}`
    /// \param msg_id  UTF-8
    /// \param i       position within the publishing process, from 1
    void write(std::string_view topic, std::string_view body, std::int64_t timestamp, std::string_view msg_id,
               std::uint64_t i, std::string& out);

  private:
    std::string username_;  // as JSON
    std::string topic_;
    std::string end_;  // what follows the timestamp
};

/// The same as a value that can still be changed, in the order in which Python publishers have always built
/// it.
encoding::Object make_envelope(std::string_view topic, encoding::Value msg, std::int64_t timestamp,
                               std::string_view msg_id, std::uint64_t i, std::string_view username);

/// Appends `{"log":"…"}` for a line of text: white space at its end taken away as Python's `rstrip()` does,
/// what is not UTF-8 replaced by U+FFFD.
void write_log_body(std::string_view line, std::string& out);

/// The publisher's name: the first of $LOGNAME, $USER, $LNAME and $USERNAME that is not empty, else the login
/// name of the process's user. \throws SetupError  when there is none
std::string login_name();

}  // namespace fedmsg::message
