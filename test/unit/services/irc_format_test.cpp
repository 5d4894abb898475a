#include "encoding/write.h"
#include "irc/line.h"
#include "meta/rules.h"
#include "services/irc/format.h"
#include "services/irc/settings.h"
#include "services/irc/shortener.h"

#include "support/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace fedmsg::services {
namespace {

using message::Message;
using testing::ElementsAre;
using testing::StartsWith;

Message parse(std::string_view topic, std::string_view body) {
    auto message = Message::parse(topic, body);
    if (!message) throw std::runtime_error{std::string{body} + " is no message"};
    return *std::move(message);
}

encoding::Document reference(const std::string& name) {
    return test::parse_json(test::read_file(test::data_file("services/" + name)));
}

std::string text_or_empty(encoding::Node object, std::string_view key) {
    return std::string{object.find_string(key).value_or("")};
}

/// As check_irc() makes them; nothing when a name is not known.
std::optional<IrcColours> colours_of(encoding::Node config) {
    IrcColours colours;
    if (const auto* lookup = config.find("irc_color_lookup"))
        for (const auto& [word, name] : lookup->members()) {
            const auto number = colour_number(name.text());
            if (!number) return std::nullopt;
            colours.by_word[std::string{word}] = *number;
        }
    if (const auto name = config.find_string("irc_default_color")) {
        const auto number = colour_number(*name);
        if (!number) return std::nullopt;
        colours.others = *number;
    }
    return colours;
}

TEST(IrcFormat, ColoursAsThePythonCommand) {
    const auto vectors = reference("irc.json");
    int refused = 0, same = 0;
    for (const auto& one : test::at(vectors.root(), "cases").elements()) {
        const Sentence sentence{test::text_at(one, "title"), test::text_at(one, "subtitle"),
                                text_or_empty(one, "link")};
        const auto colours = colours_of(test::at(one, "config"));
        if (one.find("raises")) {
            EXPECT_FALSE(colours) << sentence.title;
            ++refused;
            continue;
        }
        ASSERT_TRUE(colours);
        EXPECT_EQ(coloured_line(sentence, *colours), test::text_at(one, "output"));
        ++same;
    }
    EXPECT_EQ(refused, 2);
    EXPECT_GT(same, 25);
}

TEST(IrcFormat, HasTheNumbersOfMirc) {
    const auto vectors = reference("irc.json");
    for (const auto& [name, number] : test::at(vectors.root(), "mirc_colors").members())
        EXPECT_EQ(colour_number(name), number.integer()) << name;
    EXPECT_EQ(colour_number("mauve"), std::nullopt);
    EXPECT_THAT(colour_names(), StartsWith("white, black, blue, "));
}

TEST(IrcFormat, ATitleThatBeginsWithADigitKeepsIt) {
    EXPECT_EQ(coloured_line({"3.x", "s", ""}, {{{"3", 4}}, 15}),
              "\x03"
              "043.x\x03 -- s ");
}

TEST(IrcFormat, WithoutSentencesItIsTheTopicAndJson) {
    const auto message =
        parse("org.x.dev.a", R"({"topic": "org.x.dev.a", "timestamp": 1307654321.5, "b": "é\n",
        "signature": "AAAA", "certificate": "BBBB", "a": [1, 2.50, null]})");
    EXPECT_EQ(raw_line(message, ""),
              "org.x.dev.a                    {\"timestamp\":\"Thu Jun  9 21:18:41 "
              "2011\",\"b\":\"é\\n\",\"a\":[1,2.5,null]}");
    EXPECT_THAT(raw_line(message, "(unsigned)"), StartsWith("org.x.dev.a                    (unsigned) {"));
    EXPECT_THAT(raw_line(parse("org.x.dev.a.topic.that.is.long\x01\r\n", R"({"topic": "a"})"), ""),
                StartsWith("org.x.dev.a.topic.that.is.long  {"));
}

TEST(IrcFormat, NothingOfAMessageIsAControlCharacter) {
    const auto clean = without_controls({"a\r\nQUIT",
                                         "\x03"
                                         "4red\x02\t\x01",
                                         "http://x\x7f"});
    EXPECT_EQ(clean.title, "a QUIT");
    EXPECT_EQ(clean.subtitle, "4red");
    EXPECT_EQ(clean.link, "http://x");
}

TEST(IrcFormat, SaysTheLinesOfThePythonCommandAtTheWire) {
    const auto wire = reference("irc_wire.json");
    std::map<std::string, std::vector<std::string>> expected;
    for (const auto& line : test::at(test::at(wire.root(), "with_python2_behaviour"), "lines").elements()) {
        const auto* bytes = line.find("line");
        if (!bytes || !bytes->is_object()) continue;
        auto text = test::bytes_of(*bytes);
        // Of a message without a user the rule of the logger says nothing; the Python system: "nobody
        // (none)".
        if (!text.starts_with("NOTICE ") || text.find("nobody (none)") != text.npos) continue;
        ASSERT_TRUE(text.ends_with("\r\n"));
        text.resize(text.size() - 2);
        expected[text.substr(7, text.find(' ', 7) - 7)].push_back(text);
    }
    // The configuration of the run, through our own reader.
    const test::TemporaryFolder folder;
    LoadOptions options;
    const encoding::Object config{{"irc", encoding::to_value(test::at(wire.root(), "bots"))}};
    options.config_filename = folder.write("c.json", encoding::dumps(encoding::Value{config}));
    const auto loaded = load_config(options);
    auto checked = check_irc(loaded);
    meta::Rules rules{loaded.config, {.folders = {test::data_file("../../meta").string()}}};
    ASSERT_TRUE(checked.errors.empty()) << to_string(checked.errors.front());
    // That run had the colours of the manual.
    checked.colours.by_word = {{"logger", 7}, {"announce", 4}};
    std::map<std::string, std::vector<std::string>> said;
    std::uint64_t gave_up = 0;
    for (const auto& text : test::at(wire.root(), "messages").elements()) {
        const auto topic = test::text_at(test::parse_json(text.text()).root(), "topic");
        const auto message = parse(topic, text.text());
        if (topic.ends_with("logger.log") && !message.username()) continue;
        for (const auto& link : checked.links)
            for (const auto& channel : link.channels)
                if (wants(channel, topic, raw_line(message, ""), gave_up) && channel.terse) {
                    const auto envelope = message.envelope();
                    const Sentence sentence{rules.title(envelope), rules.subtitle(envelope),
                                            rules.link(envelope)};
                    const bool plus_c = channel.name == "#Three";
                    const auto line =
                        channel.colours ? coloured_line(sentence, checked.colours) : plain_line(sentence);
                    said[channel.name].push_back(irc::make_speech(
                        channel.command, channel.name, plus_c ? irc::without_formatting(line) : line, 0));
                }
    }
    EXPECT_EQ(gave_up, 0U);
    for (const auto* channel : {"#two", "#Three", "#four"}) {
        EXPECT_GE(expected[channel].size(), 5U);
        EXPECT_EQ(said[channel], expected[channel]) << channel;
    }
}

TEST(Shortener, TakesALinkAndNothingElse) {
    EXPECT_EQ(short_link_of("https://da.gd/x\n"), "https://da.gd/x");
    EXPECT_EQ(short_link_of(" http://x "), "http://x");
    for (const auto* answer :
         {"", "da.gd/x", "<html>", "https://da.gd/x y", "https://da.gd/x\ny", "https://é", "javascript:x"})
        EXPECT_EQ(short_link_of(answer), "") << answer;
    EXPECT_EQ(short_link_of("https://" + std::string(300, 'x')), "");
}

}  // namespace
}  // namespace fedmsg::services
