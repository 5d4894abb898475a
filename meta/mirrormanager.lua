-- MirrorManager, which knows what the mirrors of Fedora have.

local fedora = shared.fedora

local rule = {
    name = "mirrormanager",
    description = "The mirrors of Fedora",
    home = "https://mirrors.fedoraproject.org",
    docs = "https://fedoraproject.org/wiki/Infrastructure/MirrorManager",
    obj = "Mirrors",
    icon = "https://apps.fedoraproject.org/img/icons/downloads.png",
}

local sentences = {
    ["crawler.start"] = "mirrormanager's crawler started a crawl of {n} mirrors",
    ["crawler.complete"] = "mirrormanager's crawler finished a crawl of {n} mirrors "
        .. "({succeeded} succeeded, {failed} failed)",
    ["netblocks.get"] = "mirrormanager's backend {updated} its {msg.type} netblocks file",
}

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    if not sentence then return nil end
    local crawled = msg.msg.hosts or msg.msg.results
    local failed = 0
    for _, result in ipairs(msg.msg.results or {}) do
        if result.rc ~= 0 then failed = failed + 1 end
    end
    return fmt(sentence, {
        n = crawled and #crawled,
        succeeded = crawled and #crawled - failed,
        failed = failed,
        updated = fedora.either(msg.msg.success, "successfully updated", "failed to update"),
    }, msg)
end

function rule.link(msg)
    return rule.home
end

function rule.secondary_icon(msg)
    return rule.icon
end

function rule.objects(msg)
    if msg.msg.type then return { "netblocks/" .. msg.msg.type } end
    local objects = {}
    for _, entry in ipairs(msg.msg.hosts or msg.msg.results) do
        table.insert(objects, "mirrors/" .. (entry.host or entry).name)
    end
    return objects
end

return rule
