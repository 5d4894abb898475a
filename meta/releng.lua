-- The scripts of release engineering: a release of the Atomic Host every two weeks.

local fedora = shared.fedora

local rule = {
    name = "releng",
    description = "Release engineering",
    home = "https://git.fedorahosted.org/cgit/releng",
    docs = "https://fedoraproject.org/wiki/ReleaseEngineering",
    obj = "Releases of the Atomic Host",
    icon = "https://apps.fedoraproject.org/img/icons/atomic.png",
}

local sentences = {
    ["atomic.twoweek.begin"] = "Release engineering scripts started evaluating a new set of builds "
        .. "for a Fedora {release} Atomic Host release",
    ["atomic.twoweek.complete"] = "A new release of Fedora {release} Atomic Host is ready",
}

-- The images are members of the message, or of an architecture that is a member of it.
local function release(msg)
    for _, member in pairs(msg.msg) do
        if member.release then return member.release end
        for _, image in pairs(member) do
            return image.release
        end
    end
end

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(sentence, { release = release(msg) })
end

function rule.link(msg)
    return "https://download.fedoraproject.org/pub/alt/atomic/stable/"
end

function rule.secondary_icon(msg)
    return rule.icon
end

function rule.objects(msg)
    local objects = {}
    for name, member in pairs(msg.msg) do
        table.insert(objects, member.release and member.release .. "/" .. name or name)
    end
    return objects
end

return rule
