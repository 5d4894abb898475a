-- Announcements to everybody on the bus: fedmsg announce.

local rule = {
    name = "announce",
    description = "Official Fedora announcements",
    home = "https://fedoraproject.org/",
    docs = "https://fedoraproject.org/",
    obj = "Announcements",
}

function rule.subtitle(msg)
    return assert(msg.msg.message, "there is no message")
end

function rule.link(msg)
    return assert(msg.msg.link, "there is no link")
end

function rule.usernames(msg)
    return { msg.username }
end

return rule
