/// The same input as the Python programs had: what they sent, we send; what they took, we take.
#include "support/bus.h"

#include "encoding/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::test {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;

Frames frames_of(encoding::Node list) {
    Frames frames;
    for (const auto& frame : list.elements()) frames.push_back(bytes_of(frame));
    return frames;
}

/// relay_wire.json: each case is a message put in. The Python relay wrote bodies anew, wrapped some and died
/// on others; ours forwards what has two frames and a topic, byte for byte.
TEST(Wire, TheRelayForwardsByteForByteOrDrops) {
    const auto vectors = parse_json(read_file(data_file("bus/relay_wire.json")));
    Relay relay;
    relay.start();
    const auto listener = relay.listener();
    Bus publisher{relay.inbound()};
    const Frames end{"test.end", "{}"};
    int dropped = 0;
    for (const auto& example : at(vectors.root(), "cases").elements()) {
        const auto name = text_at(example, "name");
        const auto in = frames_of(at(example, "in"));
        const bool taken = in.size() == 2 && !in[0].empty() && name != "invalid utf-8 topic";
        publisher.publish(in);
        publisher.publish(end);
        if (taken) {
            EXPECT_THAT(listener->next(), ElementsAreArray(in)) << name;
        }
        EXPECT_THAT(listener->next(), ElementsAreArray(end)) << name;
        dropped += taken ? 0 : 1;
    }
    EXPECT_EQ(dropped, 8);
    EXPECT_EQ(relay.stop(), 0);
    EXPECT_THAT(relay.process().errors(),
                HasSubstr("dropped 5 not_two_frames, 2 empty_topic, 1 topic_not_utf8"));
}

/// relay_wire.json, second half: what the Python relay made of a body, `fedmsg tail` can read.
TEST(Wire, TailReadsWhatThePythonRelaySent) {
    const auto vectors = parse_json(read_file(data_file("bus/relay_wire.json")));
    Bus bus;
    Process tail{fedmsg({"tail", "--exclude", "", "--endpoint", "test=" + bus.address()})};
    bus.wait_for_subscriber();
    for (const auto& example : at(vectors.root(), "cases").elements()) {
        for (const auto& out : at(example, "out").elements()) {
            const auto frames = frames_of(out);
            ASSERT_EQ(frames.size(), 2U);
            const auto parsed = encoding::Document::parse(frames[1]);
            if (!parsed) continue;  // deeper than we read: counted, see Garbage
            bus.publish(frames);
            EXPECT_EQ(tail.next_line(), canonical_without(frames[1], {"signature", "certificate"}))
                << text_at(example, "name");
        }
    }
    EXPECT_EQ(tail.terminate(), 0) << tail.errors();
}

/// logger.json: what the Python commands put on the wire for the same arguments and input.
struct PublishingCase {
    std::string name;
    std::string command;
    std::vector<std::string> arguments;
    std::string input;
    int status;
    std::vector<Frames> frames;
};

void PrintTo(const PublishingCase& example, std::ostream* out) { *out << example.name; }

std::vector<PublishingCase> publishing_cases() {
    const auto vectors = parse_json(read_file(data_file("message/logger.json")));
    std::vector<PublishingCase> cases;
    for (const auto& example : at(vectors.root(), "cases").elements()) {
        PublishingCase c{text_at(example, "name"),
                         text_at(example, "cmd").substr(std::strlen("fedmsg-")),
                         {},
                         bytes_of(at(example, "stdin")),
                         0,
                         {}};
        if (c.name.starts_with("signed")) continue;
        for (const auto& word : at(example, "args").elements()) c.arguments.emplace_back(word.text());
        c.status = static_cast<int>(*at(example, "rc").integer());
        for (const auto& message : at(example, "frames").elements()) c.frames.push_back(frames_of(message));
        cases.push_back(std::move(c));
    }
    return cases;
}

class PublishingFromPython : public testing::TestWithParam<PublishingCase> {};

TEST_P(PublishingFromPython, PublishesTheSame) {
    auto expected = GetParam();
    // Differences that are meant: spec 4, "logger". What is not UTF-8 is replaced; white space goes at the
    // end only.
    if (expected.name == "three lines, one blank")
        expected.frames.at(2).at(1).replace(expected.frames.at(2).at(1).find("spaces"), 0, "  ");
    const std::string surrogate = "\\udcff", replacement = "\\ufffd";
    for (auto& frames : expected.frames)
        if (const auto place = frames.at(1).find(surrogate); place != std::string::npos)
            frames.at(1).replace(place, surrogate.size(), replacement);

    const Port inbound;
    auto relay = Listener::bound(inbound.address());
    TemporaryFolder folder;
    auto words = expected.arguments;
    words.insert(words.begin(), expected.command);
    words.insert(words.end(), {"--config-filename", folder.write("c.json", R"({"relay_inbound": ")" +
                                                                               inbound.address() + R"("})")});
    Process logger{[&] {
        auto start = fedmsg(words);
        start.input = Start::Input::pipe;
        return start;
    }()};
    logger.write(expected.input);
    logger.close_input();
    const std::vector<std::string_view> varying{"msg_id", "timestamp", "username"};
    for (const auto& frames : expected.frames) {
        std::optional<Frames> received;
        for (const auto deadline = Clock::now() + patience; !received && Clock::now() < deadline;) {
            logger.pump(-1, Clock::now());
            received = relay.next_for(std::chrono::milliseconds{5});  // its subscription goes out in here
        }
        ASSERT_TRUE(received) << logger.errors();
        ASSERT_EQ(received->size(), 2U);
        EXPECT_EQ(received->at(0), frames.at(0));
        EXPECT_EQ(canonical_without(received->at(1), varying), canonical_without(frames.at(1), varying));
        // Nothing but what varies was put aside, and the form is the published one.
        EXPECT_EQ(canonical_without(received->at(1), {}), received->at(1));
        const auto body = parse_json(received->at(1));
        EXPECT_THAT(text_at(body.root(), "msg_id"),
                    testing::MatchesRegex(
                        "2[0-9]{3}-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
        EXPECT_EQ(text_at(body.root(), "username"), "tester");
        EXPECT_NEAR(*at(body.root(), "timestamp").number(), static_cast<double>(std::time(nullptr)), 100);
    }
    EXPECT_EQ(logger.wait(), expected.status) << logger.errors();
    EXPECT_FALSE(relay.next_for(std::chrono::milliseconds{0})) << "one message too many";
    EXPECT_EQ(logger.output(), "");
    EXPECT_EQ(logger.errors().empty(), expected.status == 0) << logger.errors();
}

INSTANTIATE_TEST_SUITE_P(Wire, PublishingFromPython, testing::ValuesIn(publishing_cases()),
                         [](const auto& test) {
                             std::string name;
                             for (const unsigned char c : test.param.name)
                                 name += std::isalnum(c) != 0 ? static_cast<char>(c) : '_';
                             return name;
                         });

}  // namespace
}  // namespace fedmsg::test
