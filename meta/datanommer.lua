-- The archive of all messages on the bus. It complains of messages that it has already.

local fedora = shared.fedora

local rule = {
    name = "datanommer",
    description = "The archive of all messages",
    home = "https://github.com/fedora-infra/datanommer",
    docs = "https://github.com/fedora-infra/datanommer",
    obj = "Duplicates",
}

local function is_duplicate(msg)
    return fedora.event(msg) == "wat"
end

function rule.subtitle(msg)
    if is_duplicate(msg) then return "datanommer encountered a duplicate uuid" end
end

function rule.link(msg)
    if is_duplicate(msg) then return "https://www.destroyallsoftware.com/talks/wat" end
end

function rule.icon(msg)
    if is_duplicate(msg) then return "https://i.imgur.com/4g9NZu1.png" end
end

function rule.secondary_icon(msg)
    if is_duplicate(msg) then return "https://i.imgur.com/58oJkOr.gif" end
end

function rule.objects(msg)
    if is_duplicate(msg) then return { "wat" } end
end

return rule
