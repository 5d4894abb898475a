/// Real messages, published and read back: the same bytes as from the reference encoder.
#include "support/bus.h"

#include "encoding/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::test {
namespace {

class Firehose : public testing::Test {
  protected:
    void SetUp() override {
        file = shared_file("firehose.jsonl");
        if (!file) GTEST_SKIP() << "firehose.jsonl is not in $FEDMSG_SHARED: this part is left out";
        encoded = lines_of(run(from_file(fedmsg({"encode"}))).output);
        ASSERT_GT(encoded.size(), 100U);
        relay.start_and_wait_for_subscriber();
        tail.emplace(relay.fedmsg({"tail", "--raw", "--exclude", "", "-n", std::to_string(encoded.size())}));
        relay.ready();
    }

    [[nodiscard]] Start from_file(Start start) const {
        start.input = Start::Input::file;
        start.input_file = file->string();
        return start;
    }

    std::optional<std::filesystem::path> file;
    std::vector<std::string> encoded;
    Relay relay;
    std::optional<Process> tail;
};

TEST_F(Firehose, AnEnvelopeIsPublishedAsItStands) {
    const auto logger = run(from_file(relay.fedmsg({"logger", "--envelope"})));
    ASSERT_EQ(logger.status, 0) << logger.errors;
    ASSERT_EQ(tail->wait(), 0) << tail->errors();
    EXPECT_EQ(lines_of(tail->output()), encoded);
}

TEST_F(Firehose, AValueIsPublishedAsTheMsgOfAnEnvelope) {
    const auto logger = run(from_file(relay.fedmsg({"logger", "--json-input"})));
    ASSERT_EQ(logger.status, 0) << logger.errors;
    ASSERT_EQ(tail->wait(), 0) << tail->errors();
    const auto bodies = lines_of(tail->output());
    ASSERT_EQ(bodies.size(), encoded.size());
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        const auto body = parse_json(bodies[i]);
        EXPECT_EQ(encoding::dumps(at(body.root(), "msg")), encoded[i]) << "line " << i + 1;
        EXPECT_EQ(at(body.root(), "i").integer(), i + 1);
    }
}

}  // namespace
}  // namespace fedmsg::test
