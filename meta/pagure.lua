-- Pagure: git repositories with tickets and pull requests. It runs at pagure.io, and for the packages of Fedora
-- at src.fedoraproject.org.

local fedora = shared.fedora

local rule = {
    name = "pagure",
    description = "Tickets, pull requests and commits of projects at pagure.io and src.fedoraproject.org",
    home = "https://pagure.io",
    docs = "https://docs.pagure.org/pagure/",
    obj = "Projects, Tickets, and Pull Requests",
    icon = "https://apps.fedoraproject.org/packages/images/icons/package_128x128.png",
    prefix = [[(io\.pagure|org\.fedoraproject)\.(dev|stg|prod)]],
}

local sentences = {
    ["project.new"] = '{user} created a new project "{project}"',
    ["project.edit"] = "{user} edited the {fields} fields of project {project}",
    ["project.forked"] = "{user} forked {parent} to {project}",
    ["project.deleted"] = '{user} deleted the project "{project}"',
    ["project.user.added"] = '{user} added "{new_user}" to project {project}{access}',
    ["project.user.removed"] = '{user} removed "{removed_user}" from the project {project}',
    ["project.user.access.updated"] = '{user} updated access of "{new_user}" to {new_access} in project {project}',
    ["project.group.added"] = '{user} added group "{new_group}" to project {project}{access}',
    ["project.group.removed"] = '{user} removed group "{removed_group}" from the project {project}',
    ["project.group.access.updated"] =
        '{user} updated access of group "{new_group}" to {new_access} on project {project}',
    ["project.tag.added"] = '{user} added tags "{tags}" to project {project}',
    ["project.tag.edited"] = '{user} altered tags on project {project} from "{old_tag}" to "{new_tag}"',
    ["project.tag.removed"] = '{user} removed tags "{tags}" from project {project}',

    ["issue.new"] = '{user} opened a new ticket {project}#{issue.id}: "{issue.title}"',
    ["issue.edit"] = "{user} edited the {fields} fields of ticket {project}#{issue.id}",
    ["issue.drop"] = '{user} deleted ticket {project}#{issue.id}: "{issue.title}"',
    ["issue.comment.added"] = '{user} commented on ticket {project}#{issue.id}: "{issue.title}"',
    ["issue.comment.edited"] = '{user} edited a comment on ticket {project}#{issue.id}: "{issue.title}"',
    ["issue.tag.added"] = "{user} tagged ticket {project}#{issue.id}: {tags}",
    ["issue.tag.removed"] = "{user} removed the {tags} tags from ticket {project}#{issue.id}",
    ["issue.assigned.added"] = "{user} assigned ticket {project}#{issue.id} to {issue.assignee.name}",
    ["issue.assigned.reset"] = "{user} reset the assignee of ticket {project}#{issue.id}",
    ["issue.dependency.added"] =
        "{user} added ticket {project}#{issue.id} as a dependency of ticket {project}#{added_dependency}",
    ["issue.dependency.removed"] =
        "{user} removed ticket {project}#{issue.id} as a dependency of ticket {project}#{removed_dependency}",

    ["pull-request.new"] = "{user} opened pull request #{request.id} on {project}: {request.title}",
    ["pull-request.closed"] = "{user} {outcome} pull request #{request.id} on {project}",
    ["pull-request.reopened"] = "{user} reopened pull request #{request.id} on {project}",
    ["pull-request.updated"] = "Pull-request #{request.id} has been updated",
    ["pull-request.rebased"] = "Pull-request #{request.id} has been rebased",
    ["pull-request.initial_comment.edited"] =
        "{user} edited the initial comment of PR #{request.id} on {project}",
    ["pull-request.comment.added"] = "{user} commented on PR #{request.id} on {project}",
    ["pull-request.comment.edited"] = "{user} edited a comment on PR #{request.id} on {project}",
    ["pull-request.flag.added"] = '{flag.username} flagged {project}#{request.id} with "{flag.comment}"',
    ["pull-request.flag.updated"] =
        '{flag.username} updated the flags on {project}#{request.id} with: "{flag.comment}"',
    ["pull-request.flag.deleted"] = "{flag.username} removed a flag from {project}#{request.id}",
    ["pull-request.tag.added"] = "{user} tagged pull-request {project}#{request.id}: {tags}",
    ["pull-request.tag.removed"] = "{user} removed the {tags} tags from pull-request {project}#{request.id}",
    ["pull-request.assigned.added"] = "{user} assigned PR {project}#{request.id} to {request.assignee.name}",
    ["pull-request.assigned.reset"] = "{user} reset the assignee of PR {project}#{request.id}",

    ["commit.flag.added"] = "{flag.username} added a flag on the commit {commit} of the project {project}",
    ["commit.flag.updated"] = "{flag.username} updated its flag on the commit {commit} of the project {project}",
    ["commit.flag.deleted"] = "{flag.username} removed its flag from the commit {commit} of the project {project}",

    ["git.receive"] = "{user} {pushed} {commits} to {project} ({branch})",
    ["git.branch.creation"] = "{user} created the branch {branch} of {project}",
    ["git.branch.deletion"] = "{user} deleted the branch {branch} of {project}",
    ["git.tag.creation"] = "{user} created the tag {tag} of {project}",
    ["git.tag.deletion"] = "{user} deleted the tag {tag} of {project}",
}

local function request_of(msg)
    return msg.msg.pullrequest or msg.msg.pull_request or msg.msg.request
end

-- Assignments are told of a "request", all else of a "pull-request".
local function event_of(msg)
    local event = fedora.event(msg):gsub("^request%.", "pull-request.")
    if event:find("%.assigned%.added$") and not truthy((msg.msg.issue or request_of(msg)).assignee) then
        return (event:gsub("added$", "reset"))
    end
    return event
end

-- Until 2016 each commit had a message of its own.
local function is_single_commit(msg)
    return has(msg, "msg.commit.rev")
end

local function user_of(msg)
    if is_single_commit(msg) then return fas(msg.msg.commit.email) end
    return msg.msg.agent
end

-- As in its address: "design", "rpms/guake", "fork/pingou/rpms/guake".
local function full_name(project)
    local name = project.name
    if truthy(project.namespace) then
        name = project.namespace .. "/" .. name
    end
    if truthy(project.parent) then
        name = "fork/" .. project.user.name .. "/" .. name
    end
    return name
end

local function project_of(msg)
    local body = msg.msg
    if is_single_commit(msg) then return body.commit.repo end
    return body.project or body.repo or request_of(msg).project
end

local function is_at_fedora(msg)
    return msg.topic:find("^org%.fedoraproject%.") ~= nil
end

local function home_of(msg)
    return is_at_fedora(msg) and "https://src.fedoraproject.org" or "https://pagure.io"
end

local function project_link(msg)
    return home_of(msg) .. "/" .. full_name(project_of(msg))
end

local function branch_of(ref)
    return re.sub(ref, "^refs/(heads|tags)/", "")
end

-- What the sentences need beside the message itself.
local function words(msg)
    local body = msg.msg
    local words = { user = user_of(msg), request = request_of(msg) }
    -- Comments were edited without telling of which project, at first.
    if body.issue and not body.project then
        words.project = "(unknown)"
    else
        words.project = full_name(project_of(msg))
        words.parent = truthy(project_of(msg).parent) and full_name(project_of(msg).parent) or nil
    end
    words.fields = body.fields and series(body.fields)
    words.tags = body.tags and series(body.tags)
    words.access = truthy(body.access) and fmt(" with {access} access", body) or ""
    words.removed_group = body.removed_groups and series(body.removed_groups)
    words.outcome = truthy(body.merged) and "merged" or "closed without merging"
    words.commit = has(body, "flag.commit_hash") and truncate(body.flag.commit_hash, 8) or nil
    if body.total_commits then
        words.commits = fmt("{n} {commits}",
            { n = body.total_commits, commits = plural(body.total_commits, "commit", "commits") })
    end
    words.pushed = truthy(body.forced) and "force-pushed" or "pushed"
    words.branch = body.branch and branch_of(body.branch)
    words.tag = body.tag and branch_of(body.tag)
    return words
end

function rule.subtitle(msg)
    if is_single_commit(msg) then
        return fmt('{user} pushed to {project} ({branch}). "{headline}"', {
            user = user_of(msg),
            project = full_name(project_of(msg)),
            branch = branch_of(msg.msg.commit.branch),
            headline = fedora.headline(msg.msg.commit),
        })
    end
    local sentence = sentences[event_of(msg)]
    return sentence and fmt(sentence, words(msg), msg.msg)
end

-- Where the newest of the comments is, or the one that was edited.
local function comment_anchor(msg, comments)
    local comment = msg.msg.comment or comments[#comments]
    return comment and fmt("#comment-{id}", comment) or ""
end

function rule.link(msg)
    local body, event = msg.msg, event_of(msg)
    if event == "project.deleted" then
        return home_of(msg)
    elseif is_single_commit(msg) then
        return fmt("{project}/{msg.commit.rev}", msg, { project = project_link(msg) })
    elseif event == "git.receive" or event == "git.branch.creation" then
        return project_link(msg) .. "/tree/" .. branch_of(body.branch)
    elseif body.issue then
        local link = fmt("{project}/issue/{id}", body.issue, { project = project_link(msg) })
        return event:find("^issue%.comment%.") and link .. comment_anchor(msg, body.issue.comments) or link
    elseif event:find("^pull%-request%.") then
        local request = request_of(msg)
        local link = fmt("{project}/pull-request/{id}", { id = request.id, project = project_link(msg) })
        return event:find("^pull%-request%.comment%.") and link .. comment_anchor(msg, request.comments) or link
    elseif event:find("^commit%.") then
        return fmt("{project}/c/{msg.flag.commit_hash}", msg, { project = project_link(msg) })
    end
    return project_link(msg)
end

function rule.secondary_icon(msg)
    local user = user_of(msg)
    -- Who is not known by name has no picture.
    return fedora.is_user(user) and avatar(user) or nil
end

function rule.usernames(msg)
    return { user_of(msg) }
end

function rule.packages(msg)
    if is_at_fedora(msg) and project_of(msg).namespace == "rpms" then
        return { project_of(msg).name }
    end
end

function rule.objects(msg)
    local objects = {}
    local body, request = msg.msg, request_of(msg)
    if body.issue then
        table.insert(objects, fmt("issue/{id}", body.issue))
    end
    if request then
        table.insert(objects, fmt("pull-request/{id}", request))
    end
    if body.project or body.repo or request or is_single_commit(msg) then
        table.insert(objects, "project/" .. full_name(project_of(msg)))
    end
    return objects
end

local function is_push(msg)
    return fedora.event(msg) == "git.receive"
end

local function same_project(a, b)
    return project_link(a) == project_link(b)
end

-- One sentence about all of them.
local function tell(entry, sentence, messages, subject, sums)
    local users = {}
    for _, msg in ipairs(messages) do
        table.insert(users, user_of(msg))
    end
    local function told_of(user)
        return fmt(sentence, { user = user }, sums, words(messages[1]), messages[1].msg)
    end
    entry.subtitle = told_of(series(users))
    entry.subjective = told_of(fedora.series(users, subject))
end

local function is_discussion(msg)
    local event = fedora.event(msg)
    return msg.msg.project and event:find("^issue%.comment%.")
        or request_of(msg) and event:find("^pull%-request%.comment%.")
end

-- The ticket or pull request that is discussed.
local function discussion_link(msg)
    return re.sub(rule.link(msg), "#.*$", "")
end

rule.conglomerators = {
    -- Pushes of a user to a project.
    {
        can_handle = function(msg)
            return is_push(msg) and not is_single_commit(msg)
        end,
        matches = function(a, b)
            return user_of(a) == user_of(b) and same_project(a, b)
        end,
        merge = function(messages, subject, entry)
            local commits, branches = 0, {}
            for _, msg in ipairs(messages) do
                commits = commits + msg.msg.total_commits
                table.insert(branches, branch_of(msg.msg.branch))
            end
            tell(entry, "{user} pushed {n} {commits} to {project} ({branches})", messages, subject, {
                n = commits,
                commits = plural(commits, "commit", "commits"),
                branches = series(branches),
            })
            entry.link = project_link(messages[1]) .. "/commits"
            return entry
        end,
    },
    -- The same, of the time when each commit had a message.
    {
        can_handle = function(msg)
            return is_push(msg) and is_single_commit(msg)
        end,
        matches = function(a, b)
            return user_of(a) == user_of(b) and same_project(a, b)
        end,
        merge = function(messages, subject, entry)
            tell(entry, "{user} pushed {n} commits to the {project} project", messages, subject, { n = #messages })
            -- These groups have always had the picture of the first letter, not the user's own.
            entry.secondary_icon = avatar(user_of(messages[1]):sub(1, 1))
            entry.link = project_link(messages[1]) .. "/commits"
            return entry
        end,
    },
    -- What was said about a ticket or a pull request.
    {
        can_handle = is_discussion,
        matches = function(a, b)
            return discussion_link(a) == discussion_link(b)
        end,
        merge = function(messages, subject, entry)
            local event = fedora.event(messages[1]):gsub("edited$", "added")
            tell(entry, sentences[event], messages, subject, {})
            entry.link = discussion_link(messages[1])
            if #entry.usernames > 1 then
                entry.secondary_icon = rule.icon
            end
            return entry
        end,
    },
}

return rule
