-- Ansible: playbooks that are run to set up the hosts of the infrastructure.

local fedora = shared.fedora

local rule = {
    name = "ansible",
    description = "Runs of Ansible playbooks",
    home = "http://infrastructure.fedoraproject.org/cgit/ansible.git",
    docs = "https://docs.fedoraproject.org/en-US/infra/sysadmin_guide/ansible/",
    obj = "Playbooks",
    icon = "https://apps.fedoraproject.org/img/icons/ansible.png",
}

local sentences = {
    ["playbook.start"] = "{msg.userid} started an ansible run of {playbook}",
    ["playbook.complete"] = "{msg.userid}'s {playbook} playbook run completed",
}

-- Its path in the repository, wherever that is checked out.
local function playbook(msg)
    return msg.msg.playbook:match("^.*/ansible/(.*)$") or msg.msg.playbook
end

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(sentence, { playbook = playbook(msg) }, msg)
end

function rule.link(msg)
    local path = playbook(msg)
    return rule.home .. (path:match("^/") and "" or "/tree/" .. path)
end

function rule.secondary_icon(msg)
    return avatar(msg.msg.userid)
end

function rule.usernames(msg)
    return { msg.msg.userid }
end

function rule.objects(msg)
    local objects = { playbook(msg) }
    for host in pairs(msg.msg.results or {}) do
        table.insert(objects, "inventory/" .. host)
    end
    return objects
end

-- What somebody ran: of most runs there are two messages.
rule.conglomerators = { {
    can_handle = function(msg) return sentences[fedora.event(msg)] end,
    matches = function(a, b) return a.msg.userid == b.msg.userid end,
    merge = function(messages, subject, entry)
        local names, seen = {}, {}
        local count = { ["playbook.start"] = 0, ["playbook.complete"] = 0 }
        for _, msg in ipairs(messages) do
            local name, event = msg.msg.playbook:match("[^/]+$"), fedora.event(msg)
            count[event] = count[event] + 1
            if not seen[name] then
                seen[name] = true
                table.insert(names, name)
            end
        end
        local n = math.max(count["playbook.start"], count["playbook.complete"])
        local ran = fmt(" ran the {names} {playbooks} {n} {times}", {
            names = series(names),
            playbooks = plural(#names, "playbook", "playbooks"),
            n = n,
            times = plural(n, "time", "times"),
        })
        local user = messages[1].msg.userid
        entry.subtitle = user .. ran
        entry.subjective = fedora.you(user, subject) .. ran
        entry.link = "http://infrastructure.fedoraproject.org/infra/ansible.git/"
        return entry
    end,
} }

return rule
