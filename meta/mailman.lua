-- Mail to the mailing lists.

local fedora = shared.fedora

local rule = {
    name = "mailman",
    description = "Mail to the mailing lists",
    home = "https://lists.fedoraproject.org",
    docs = "https://fedoraproject.org/wiki/Communicate/MailingListGuidelines",
    obj = "Messages",
    icon = "https://apps.fedoraproject.org/img/icons/hyperkitty.png",
}

local function is_reply(msg)
    return truthy(msg.msg.msg["in-reply-to"])
end

-- "Ralph Bean <rbean@redhat.com>", or only the address
local function sender(msg)
    local from = msg.msg.msg.from
    return fas(re.match(from, "<([^<>]+)>\\s*$") or from:strip())
end

-- Long subjects are folded into lines.
local function mail_subject(msg)
    return re.sub(msg.msg.msg.subject, "\\s*[\r\n]\\s*", " ")
end

function rule.subtitle(msg)
    if fedora.event(msg) ~= "receive" then return nil end
    local sentence = is_reply(msg) and "On the {mlist.list_name} list, {who} replied to '{subject}'"
        or "{who} wrote '{subject}' to the {mlist.list_name} list"
    return fmt(sentence, { who = sender(msg), subject = mail_subject(msg) }, msg.msg)
end

-- An address, with or without <>; in old messages without the host.
function rule.link(msg)
    local link = msg.msg.msg["archived-at"]:strip("<>")
    return link:match("^/") and "https://lists.fedoraproject.org/archives" .. link or link
end

-- Pictures beside mails are found by the bare name, not by the user's OpenID.
function rule.secondary_icon(msg)
    local who = sender(msg)
    if not fedora.is_user(who) then return gravatar(who) end
    return "https://seccdn.libravatar.org/avatar/" .. sha256(who) .. "?s=64&d=retro"
end

function rule.usernames(msg)
    return fedora.users { sender(msg) }
end

-- "Review Request: python-foo - A library", of a package that is to be
function rule.packages(msg)
    return { (re.match(msg.msg.msg.subject, "Review Request:\\s*(\\S+)")) }
end

function rule.objects(msg)
    local id = msg.msg.msg["message-id"]:strip("<>")
    return { msg.msg.mlist.list_name .. "/" .. id .. "/message" }
end

-- The message that began it.
local function thread(msg)
    local mail = msg.msg.msg
    return truthy(mail.references) and mail.references:split()[1] or mail["in-reply-to"]
end

local function told(messages, subject)
    local names = {}
    for i, msg in ipairs(messages) do names[i] = sender(msg) end
    return fmt('{who} wrote {n} {replies} to the "{title}" thread on the {mlist.list_name} list', {
        who = fedora.series(names, subject),
        n = #messages,
        replies = plural(#messages, "reply", "replies"),
        title = re.sub(mail_subject(messages[1]), "(?i)\\bre:\\s*", ""),
    }, messages[1].msg)
end

rule.conglomerators = { {
    can_handle = function(msg) return is_reply(msg) end,
    matches = function(a, b)
        return a.msg.mlist.list_name == b.msg.mlist.list_name and thread(a) == thread(b)
    end,
    merge = function(messages, subject, entry)
        entry.subtitle = told(messages)
        entry.subjective = told(messages, subject)
        local links = {}
        for i, msg in ipairs(messages) do links[i] = rule.link(msg) end
        table.sort(links)
        entry.link = links[1]
        entry.secondary_icon = rule.secondary_icon(messages[#messages])  -- who wrote first: the newest is on top
        return entry
    end,
} }

return rule
