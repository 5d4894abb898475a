-- The Fedora Account System: users, groups, and who is in which.

local fedora = shared.fedora

local rule = {
    name = "fas",
    description = "The Fedora Account System",
    home = "https://admin.fedoraproject.org/accounts",
    docs = "https://fedoraproject.org/wiki/Account_System",
    obj = "Accounts and Groups",
    icon = "https://admin.fedoraproject.org/accounts/static/theme/fas/images/account.png",
}

local sentences = {
    ["user.create"] = "New FAS account:  '{user}'  (created by '{agent}')",
    ["user.update"] = "{agent} edited the following fields of {user}'s FAS profile:  {fields}",
    ["group.create"] = "{agent} created new FAS group {group}",
    ["group.update"] = "{agent} edited the following fields of the {group} FAS group:  {fields}",
    ["group.delete"] = "{agent} deleted FAS group {group}",
    ["group.member.apply"] = "{agent} applied for {user}'s membership in the {group} group",
    ["group.member.sponsor"] = "{agent} sponsored {user}'s membership in the {group} group",
    ["group.member.approve"] = "{agent} approved {user}'s membership in the {group} group",
    ["group.member.remove"] = "{agent} removed {user} from the {group} group",
    ["role.update"] = "{agent} changed {user}'s role in the {group} group",
}

local function group(msg)
    local it = msg.msg.group
    return kind(it) == "object" and it.name or it
end

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(sentence, {
        agent = fedora.name(msg.msg.agent),
        user = fedora.name(msg.msg.user),
        group = group(msg),
        fields = fedora.list(msg.msg.fields),
    })
end

function rule.link(msg)
    if group(msg) then return "https://admin.fedoraproject.org/accounts/group/view/" .. group(msg) end
    return "https://admin.fedoraproject.org/accounts/user/view/" .. fedora.name(msg.msg.user)
end

function rule.secondary_icon(msg)
    return avatar(fedora.name(msg.msg.agent))
end

function rule.usernames(msg)
    return { fedora.name(msg.msg.agent), fedora.name(msg.msg.user) }
end

function rule.agent(msg)
    return fedora.name(msg.msg.agent)
end

function rule.objects(msg)
    local objects = {}
    if has(msg, "msg.user") then table.insert(objects, "users/" .. fedora.name(msg.msg.user)) end
    if has(msg, "msg.group") then table.insert(objects, "groups/" .. group(msg)) end
    return objects
end

return rule
