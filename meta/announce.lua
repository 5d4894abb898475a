-- Announcements to everybody on the bus: fedmsg announce.

local rule = {
    name = "announce",
    description = "Official Fedora announcements",
    home = "https://fedoraproject.org/",
    docs = "https://fedoraproject.org/",
    obj = "Announcements",
}

function rule.subtitle(msg)
    return fmt("{msg.message}", msg)
end

function rule.link(msg)
    return fmt("{msg.link}", msg)
end

function rule.usernames(msg)
    return { msg.username }
end

return rule
