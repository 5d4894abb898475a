-- Trac: the tickets, wikis and git repositories of projects at fedorahosted.org.

local fedora = shared.fedora

local rule = {
    name = "trac",
    description = "Tickets, wiki pages and commits of projects at fedorahosted.org",
    home = "https://fedorahosted.org",
    docs = "https://fedorahosted.org/web/faq",
    obj = "Fedora Hosted Objects",
    icon = "https://www.edgewall.org/gfx/trac_bullet.png",
}

local sentences = {
    ["ticket.new"] = "{user} opened a new ticket on {instance}",
    ["ticket.update"] = "{user} updated a ticket on {instance}",
    ["ticket.comment"] = "{user} commented on a ticket on {instance}",
    ["ticket.closed"] = "{user} closed a ticket on {instance} as '{ticket.resolution}'",
    ["ticket.reopened"] = "{user} reopened a ticket on {instance}",
    ["ticket.delete"] = "{user} straight-up deleted a ticket on {instance}",
    ["wiki.page.new"] = "{user} created a new '{page.name}' wiki page on {instance}",
    ["wiki.page.update"] = "{user} updated the '{page.name}' wiki page on {instance}",
    ["wiki.page.rename"] = "{user} renamed the wiki page '{old_name}' to '{page.name}' on {instance}",
    ["wiki.page.delete"] = "{user} straight-up deleted the '{page.name}' wiki page on {instance}",
    ["wiki.page.version.delete"] = "{user} deleted a version of the '{page.name}' wiki page on {instance}",
    ["git.receive"] = "{user} pushed some commits to the '{repo}' fedorahosted git repository",
}

local function user_of(msg)
    return fedora.first(msg.msg.agent, get(msg, "msg.commit.agent"))
end

-- "docs/about-fedora" lies in a folder, which only the path tells of.
local function repo_of(msg)
    local commit = msg.msg.commit
    return commit.path and fedora.repository_at(commit.path, "/srv/git/") or commit.repo
end

-- What the change of a ticket was: closed, reopened, a comment only, or anything else.
local function event_of(msg)
    local body, event = msg.msg, fedora.event(msg)
    if event ~= "ticket.update" then
        return event
    elseif has(body, "old_values.status") and sentences["ticket." .. body.ticket.status] then
        return "ticket." .. body.ticket.status
    elseif not truthy(body.old_values) and truthy(body.comment) then
        return "ticket.comment"
    end
    return event
end

function rule.subtitle(msg)
    local sentence = sentences[event_of(msg)]
    if not sentence then return nil end
    local words = { user = user_of(msg) }
    if msg.msg.commit then
        words.repo = repo_of(msg)
    else
        words.instance = fmt("the {instance.project_name} trac instance", msg.msg)
    end
    return fmt(sentence, words, msg.msg)
end

function rule.long_form(msg)
    local body, event = msg.msg, fedora.event(msg)
    if event == "ticket.new" then
        return fmt("Summary: {ticket.summary}\nDescription: {ticket.description}\n", body)
    elseif event == "ticket.update" and truthy(body.comment) then
        return fmt("Summary: {ticket.summary}\nComment: {comment}\n", body)
    elseif event == "ticket.update" then
        return fmt("Summary: {ticket.summary}\n", body)
    end
end

local function wiki_link(body)
    return body.instance.base_url .. "wiki/" .. urlencode(body.page.name, "/")
end

function rule.link(msg)
    local body, event = msg.msg, fedora.event(msg)
    if body.ticket then
        return fmt("{instance.base_url}ticket/{ticket.id}", body)
    elseif event == "wiki.page.update" or event == "wiki.page.version.delete" then
        return wiki_link(body) .. fmt("?action=diff&version={page.version}", body)
    elseif body.page then
        return wiki_link(body)
    elseif body.commit then
        return fmt("https://git.fedorahosted.org/cgit/{repo}.git/commit/?id={commit.rev}", body,
            { repo = repo_of(msg) })
    end
end

function rule.secondary_icon(msg)
    return avatar(user_of(msg))
end

function rule.usernames(msg)
    local users = { user_of(msg) }
    for _, role in ipairs({ "owner", "reporter" }) do
        local user = get(msg, "msg.ticket." .. role)
        if truthy(user) then
            table.insert(users, user)
        end
    end
    return users
end

function rule.agent(msg)
    return user_of(msg)
end

function rule.objects(msg)
    local body = msg.msg
    if body.ticket then
        return { fmt("{instance.project_name}/ticket/{ticket.id}", body) }
    elseif body.page then
        local objects = { fmt("{instance.project_name}/wiki/{page.name}", body) }
        if body.old_name then
            table.insert(objects, fmt("{instance.project_name}/wiki/{old_name}", body))
        end
        return objects
    elseif body.commit then
        return fedora.files(body.commit, repo_of(msg) .. "/git/")
    end
end

return rule
