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

void FrameReader::feed(std::string_view bytes) {
    bytes_.erase(0, std::exchange(read_, 0));
    bytes_ += bytes;
}

std::optional<Frame> FrameReader::next() {
    const auto rest = std::string_view{bytes_}.substr(read_);
    if (rest.empty()) return std::nullopt;
    const char flags = rest[0];
    if ((flags & ~(more_flag | long_flag | command_flag)) != 0)
        throw ProtocolError("it breaks the protocol: a frame has unknown flags");
    const auto header = (flags & long_flag) != 0 ? long_header : short_header;
    if (rest.size() < header) return std::nullopt;
    const auto size = big_endian(rest.substr(1, header - 1));
    if (size > longest)
        throw ProtocolError(
            fmt::format("it sends a frame of {} bytes, and subscribers send {} at most", size, longest));
    if (rest.size() - header < size) return std::nullopt;
    read_ += header + static_cast<std::size_t>(size);
    return Frame{(flags & command_flag) != 0, rest.substr(header, static_cast<std::size_t>(size))};
}

void PublisherSession::feed(std::string_view bytes) {
    if (greeting_.size() < greeting_size) {
        const auto part = bytes.substr(0, greeting_size - greeting_.size());
        greeting_ += part;
        bytes.remove_prefix(part.size());
        read_greeting(greeting_);
        if (greeting_.size() < greeting_size) return;
    }
    frames_.feed(bytes);
    while (const auto frame = frames_.next()) {
        if (frame->command) {
            on_command(frame->payload);
        } else if (!ready_) {
            throw ProtocolError("it breaks the protocol: a message before READY");
        } else if (frame->payload.starts_with('\1')) {
            ++subscriptions_;
            wanted_ = true;
        } else if (frame->payload.starts_with('\0') && subscriptions_ > 0) {
            --subscriptions_;
        }
    }
}

/// Of a greeting that is not complete, what is there is looked at: who does not speak ZMTP may never send 64
/// bytes.
void PublisherSession::read_greeting(std::string_view greeting) {
    const auto is_there = [&](std::size_t position) { return greeting.size() > position; };
    if (greeting[0] != '\xff' || (is_there(signature_end) && (greeting[signature_end] & 1) == 0))
        throw ProtocolError("what listens there does not speak ZeroMQ PUB/SUB");
    if (is_there(major_version) && greeting[major_version] < 3)
        throw ProtocolError(fmt::format("it speaks ZMTP {}, and 3 is needed (ZeroMQ 4)",
                                        static_cast<int>(greeting[major_version])));
    if (greeting.size() < greeting_size) return;
    const auto mechanism = greeting.substr(mechanism_begin, mechanism_size);
    const auto name = mechanism.substr(0, mechanism.find('\0'));
    if (name != "NULL")
        throw ProtocolError("it asks for the mechanism " + printable(name) + ", and the bus uses NULL");
    std::string ready = "\5READY\13Socket-Type";
    append_big_endian(ready, 4, sizeof(std::uint32_t));
    append_with_flags(output_, ready + "XPUB", command_flag);
}

void PublisherSession::on_command(std::string_view payload) {
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

void PublisherSession::on_ready(std::string_view properties) {
    while (!properties.empty()) {
        const auto name = take_counted(properties, 1);
        const auto value = take_counted(properties, sizeof(std::uint32_t));
        if (name != "Socket-Type" || value == "SUB" || value == "XSUB") continue;
        throw ProtocolError(
            "it is a " + printable(value) + " socket, not a subscriber" +
            (value == "PUB" || value == "XPUB" ? ": is that the relay's outbound side?" : ""));
    }
    ready_ = true;
}

}  // namespace fedmsg::wire
