/// A consumer in C++, in a shared object: the manual's example, which sends every message again as HTML. Put
/// it into the folder `consumers` beside fedmsg's modules, and set 'busmon.consumers.enabled': True.
#include "services/hub/consumer.h"

#include "encoding/write.h"

namespace {

using fedmsg::consumers::FedmsgConsumer;
using fedmsg::consumers::Message;

class MessageColorizer final : public FedmsgConsumer {
  public:
    static constexpr const char* name = "MessageColorizer";
    static constexpr const char* config_key = "busmon.consumers.enabled";
    using FedmsgConsumer::FedmsgConsumer;

    void consume(const Message& message) override {
        if (message.topic.find(destination) != message.topic.npos) return;  // no endless loop
        std::string html = "<pre>";
        for (const char c : fedmsg::encoding::dumps(message.body, fedmsg::encoding::pretty)) {
            if (c == '<')
                html += "&lt;";
            else if (c == '&')
                html += "&amp;";
            else
                html += c;
        }
        publish(destination, "busmon", html + "</pre>");
    }

  private:
    static constexpr std::string_view destination = "colorized-messages";
};

}  // namespace

FEDMSG_CONSUMERS(MessageColorizer)
