-- The git repositories of Fedora's infrastructure: the configuration of its machines.

local fedora = shared.fedora

local rule = {
    name = "infragit",
    description = "Commits to the repositories of Fedora's infrastructure",
    home = "https://infrastructure.fedoraproject.org/cgit/",
    docs = "https://fedoraproject.org/wiki/Infrastructure",
    obj = "Files",
    icon = "https://apps.fedoraproject.org/img/icons/git-logo.png",
}

-- The repository of "/git/ansible"; the message names none.
local function repo_of(msg)
    return fedora.repository_at(msg.msg.commit.path, "/(srv/)?git/")
end

local function user_of(msg)
    return msg.msg.commit.username
end

function rule.subtitle(msg)
    if fedora.event(msg) == "receive" then
        return fmt('{user} pushed a commit to the fedora-infra {repo} repo ({msg.commit.branch}):  "{headline}"', msg,
            { user = user_of(msg), repo = repo_of(msg), headline = fedora.headline(msg.msg.commit) })
    end
end

function rule.link(msg)
    -- Of the secrets in puppet nothing is shown.
    if repo_of(msg) == "puppet" then return "" end
    return fmt("{home}{repo}.git/commit/?id={msg.commit.rev}", { home = rule.home, repo = repo_of(msg) }, msg)
end

function rule.secondary_icon(msg)
    return avatar(user_of(msg))
end

function rule.usernames(msg)
    return { user_of(msg) }
end

function rule.objects(msg)
    return fedora.files(msg.msg.commit, repo_of(msg) .. "/")
end

return rule
