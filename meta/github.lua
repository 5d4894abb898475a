-- GitHub: what happens in the repositories that the webhook of github2fedmsg is set up for.

local fedora = shared.fedora

local rule = {
    name = "github",
    description = "Pushes, issues and pull requests of repositories at GitHub",
    home = "https://github.com",
    docs = "https://apps.fedoraproject.org/github2fedmsg",
    obj = "GitHub Repos",
    icon = "https://apps.fedoraproject.org/img/icons/github.png",
}

local sentences = {
    push = "{user} pushed {commits} commit(s) to {repo}",
    create = '{user} created a new {ref_type} "{ref}" at {repo}',
    ["create.repository"] = "{user} created the repository {repo}",
    delete = '{user} deleted the "{ref}" {ref_type} at {repo}',
    fork = "{user} forked {repo}",
    star = "{user} starred {repo}",
    watch = "{user} started watching {repo}",
    public = "{user} made {repo} public",
    repository = "{user} {action} the repository {repo}",
    release = "{user} cut a release of {repository.name}, version {release.tag_name}",
    status = "{description} for {repo} {commit}",
    gollum = "{user} edited the wiki of {repo}",
    page_build = "{user} rebuilt the github.io page for {repo}",
    deployment = '{user} started a deployment of {repo} to "{deployment.environment}"',
    deployment_status = '{user}\'s deployment status for {repo} updated to "{deployment_status.state}"',
    webhook = "A new github repository has been added to fedmsg",
    team_add = "The '{team.slug}' team was added to the {repo} repository",

    ["member.added"] = "{user} added {member.login} as a member of {repo}",
    ["member.removed"] = "{user} removed {member.login} as a member of {repo}",
    ["member.edited"] = "{user} changed the permissions of {member.login} on {repo}",
    ["membership.added"] = "{user} added {member.login} to the '{team.slug}' team",
    ["membership.removed"] = "{user} removed {member.login} from the '{team.slug}' team",

    ["commit_comment"] = "{user} commented on a commit on {repo}",
    ["issue.comment"] = "{user} commented on {thing} on {repo}",
    ["issue.comment.edited"] = "{user} edited a comment on {thing} on {repo}",
    ["issue.comment.deleted"] = "{user} deleted a comment on {thing} on {repo}",
    ["pull_request_review_comment"] = "{user} commented on PR #{pull_request.number} on {repo}",
    ["pull_request_review_comment.edited"] =
        "{user} edited a comment on PR #{pull_request.number} on {repo}",
    ["pull_request_review_comment.deleted"] =
        "{user} deleted a comment on PR #{pull_request.number} on {repo}",

    ["review.commented"] = "{user} commented on PR #{pull_request.number} on {repo}",
    ["review.approved"] = "{user} approved PR #{pull_request.number} on {repo}",
    ["review.changes_requested"] = "{user} requested changes on PR #{pull_request.number} on {repo}",
    ["review.dismissed"] = "{user} dismissed a review of PR #{pull_request.number} on {repo}",
    ["review.pending"] = "{user} commented on PR #{pull_request.number} on {repo} which is in pending state",
}

-- Of an issue and of a pull request alike; {thing} is "issue #3" or "pull request #6".
local changes = {
    opened = "{user} opened {thing} on {repo}: {title}",
    closed = "{user} closed {thing} on {repo}",
    merged = "{user} merged {thing} on {repo}",
    reopened = "{user} reopened {thing} on {repo}",
    edited = "{user} edited {thing} on {repo}",
    deleted = "{user} deleted {thing} on {repo}",
    transferred = "{user} transferred {thing} on {repo}",
    pinned = "{user} pinned {thing} on {repo}",
    unpinned = "{user} unpinned {thing} on {repo}",
    locked = "{user} locked {thing} on {repo}",
    unlocked = "{user} unlocked {thing} on {repo}",
    synchronize = "{user} updated {thing} on {repo}",
    ready_for_review = "{user} marked {thing} on {repo} as ready for review",
    labeled = "{user} added label {label.name} to {thing} on {repo}",
    unlabeled = "{user} removed label {label.name} from {thing} on {repo}",
    assigned = "{user} assigned {thing} on {repo} to {assignee.login}",
    unassigned = "{user} unassigned {thing} on {repo} from {assignee.login}",
    milestoned = "{user} added {thing} on {repo} to a milestone",
    demilestoned = "{user} removed {thing} on {repo} from a milestone",
    review_requested = "{user} requested a review of {thing} on {repo}",
    review_request_removed = "{user} withdrew a request for a review of {thing} on {repo}",
}

local function repo_of(msg)
    local repository = msg.msg.repository
    return (repository.owner.login or repository.owner.name) .. "/" .. repository.name
end

local function repo_link(msg)
    return "https://github.com/" .. repo_of(msg)
end

-- The name at Fedora, where github2fedmsg knows it.
local function fas_name(msg, login)
    return msg.msg.fas_usernames[login] or login
end

local function user_of(msg)
    local sender = msg.msg.sender
    return fas_name(msg, sender and sender.login or msg.msg.pusher.name)
end

local function is_pull_request(msg)
    -- What is said below the changes of a pull request is told of as if it were an issue.
    return msg.msg.issue == nil or truthy(get(msg.msg.issue, "pull_request.html_url"))
end

-- What is discussed: an issue or a pull request.
local function thing_of(msg)
    return msg.msg.issue or msg.msg.pull_request
end

local function sentence_of(msg)
    local body, event = msg.msg, fedora.event(msg)
    local change = event:match("^issue%.(.+)$") or event:match("^pull_request%.(.+)$")
    if event == "pull_request.closed" and truthy(body.pull_request.merged) then
        change = "merged"
    elseif event == "member" or event == "membership" then
        event = event .. "." .. body.action
    elseif event == "create" and body.ref_type == "repository" then
        event = "create.repository"
    elseif event == "pull_request_review" then
        event = "review." .. body.review.state:lower()
    elseif body.comment and body.action and body.action ~= "created" then
        event = event .. "." .. body.action
    end
    return sentences[event] or changes[change]
end

function rule.subtitle(msg)
    local body, event = msg.msg, fedora.event(msg)
    local sentence = sentence_of(msg)
    if not sentence or event == "webhook" then return sentence end
    local words = { user = user_of(msg), repo = repo_of(msg) }
    local thing = thing_of(msg)
    if thing then
        local kind = not is_pull_request(msg) and "issue" or event == "issue.comment" and "PR" or "pull request"
        words.thing = fmt("{kind} #{number}", { kind = kind, number = thing.number })
        words.title = thing.title
        words.assignee = body.assignee or thing.assignee
    end
    words.commits = body.commits and #body.commits
    words.commit = event == "status" and truncate(body.sha, 8) or nil
    words.description = truthy(body.description) and body.description or nil
    if event == "status" and not words.description then
        words.description = fmt("{context} {state}", body)
    end
    return fmt(sentence, words, body)
end

-- What somebody wrote.
function rule.long_form(msg)
    local body = msg.msg
    local text = body.comment or body.review or body.release or body.issue or body.pull_request
    return text and truthy(text.body) and text.body or nil
end

local links = {
    push = "{compare}",
    commit_comment = "{comment.html_url}",
    pull_request_review = "{review.html_url}",
    pull_request_review_comment = "{comment.html_url}",
    fork = "{forkee.html_url}",
    release = "{release.html_url}",
    star = "{repo}/stargazers",
    watch = "{repo}/watchers",
    gollum = "{repo}/wiki",
}

function rule.link(msg)
    local body, event = msg.msg, fedora.event(msg)
    if event == "page_build" then
        local owner, name = repo_of(msg):match("^(.-)/(.+)$")
        return fmt("http://{owner}.github.io/{name}/", { owner = owner, name = name })
    elseif event == "status" or event == "deployment_status" then
        local target = (body.deployment_status or body).target_url
        return truthy(target) and target or nil
    elseif event == "webhook" then
        return nil
    elseif links[event] then
        return fmt(links[event], { repo = repo_link(msg) }, body)
    end
    local thing = body.comment or thing_of(msg)
    return thing and thing.html_url or repo_link(msg)
end

function rule.secondary_icon(msg)
    local event = fedora.event(msg)
    if event == "webhook" then
        return rule.icon
    elseif event == "status" and truthy(msg.msg.commit.author) then
        return avatar(fas_name(msg, msg.msg.commit.author.login))
    end
    return avatar(user_of(msg))
end

function rule.usernames(msg)
    local users = {}
    for _, user in pairs(msg.msg.fas_usernames) do
        -- Organizations have an entry, too.
        if not user:find("^github_org_") then
            table.insert(users, user)
        end
    end
    return users
end

function rule.agent(msg)
    return user_of(msg)
end

-- The files that the commits of a push touched.
local function touched_files(msg)
    local files = {}
    for _, commit in ipairs(msg.msg.commits) do
        for _, change in ipairs({ "added", "modified", "removed" }) do
            for _, file in ipairs(commit[change]) do
                table.insert(files, repo_of(msg) .. "/tree/" .. file)
            end
        end
    end
    return files
end

local objects = {
    create = "{repo}/{ref_type}/{ref}",
    delete = "{repo}/{ref_type}/{ref}",
    commit_comment = "{repo}/tree/{comment.path}",
    fork = "{repo}/forks/{forkee.owner.login}",
    release = "{repo}/releases/{release.tag_name}",
    star = "{repo}/stargazers",
    status = "{repo}/status/{sha}",
    watch = "{repo}/watchers",
}

function rule.objects(msg)
    local body, event = msg.msg, fedora.event(msg)
    local thing = thing_of(msg)
    if event == "webhook" then
        return {}
    elseif event == "push" then
        return touched_files(msg)
    elseif event == "create" and body.ref_type == "repository" then
        return { repo_of(msg) }
    elseif event == "commit_comment" and not truthy(body.comment.path) then
        return { fmt("{repo}/commit/{comment.commit_id}", { repo = repo_of(msg) }, body) }
    elseif thing then
        local kind = is_pull_request(msg) and "pull" or "issues"
        return { fmt("{repo}/{kind}/{number}", { repo = repo_of(msg), kind = kind, number = thing.number }) }
    end
    return { fmt(objects[event] or "{repo}/{event}", { repo = repo_of(msg), event = event }, body) }
end

return rule
