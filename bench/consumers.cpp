// Ten consumers of the hub that do nothing but see that no message is missing: what is left is the hub.
// `bench.consumer0` … `bench.consumer9` turn them on; `bench.marks` and `bench.tell`: numbered.h.
#include "numbered.h"

#include "services/hub/consumer.h"

namespace {

using fedmsg::consumers::FedmsgConsumer;

std::string text_of(const fedmsg::Config& config, std::string_view key) {
    const auto* value = config.values.find(key);
    if (value == nullptr || value->string() == nullptr) bench::fail(std::string{key} + " is missing");
    return *value->string();
}

template <char number>
class Consumer final : public FedmsgConsumer {
    static constexpr std::array name_{'C', 'o', 'n', 's', 'u', 'm', 'e', 'r', number, '\0'};
    static constexpr std::array key_{'b', 'e', 'n', 'c', 'h', '.', 'c',    'o',
                                     'n', 's', 'u', 'm', 'e', 'r', number, '\0'};

  public:
    static constexpr const char* name = name_.data();
    static constexpr const char* config_key = key_.data();
    explicit Consumer(fedmsg::consumers::Host& host)
        : FedmsgConsumer{host}, reader_{text_of(config(), "bench.marks"), text_of(config(), "bench.tell")} {}

    void consume(const fedmsg::consumers::Message& message) override { reader_.take(message.text); }

  private:
    bench::Reader reader_;
};

}  // namespace

FEDMSG_CONSUMERS(Consumer<'0'>, Consumer<'1'>, Consumer<'2'>, Consumer<'3'>, Consumer<'4'>, Consumer<'5'>,
                 Consumer<'6'>, Consumer<'7'>, Consumer<'8'>, Consumer<'9'>)
