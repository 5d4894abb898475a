-- The pipelines of the CentOS CI. They test what packages, pull requests and builds of Fedora become. Each tells its
-- steps under the same events, below a topic of its own.

local pipeline = {}

-- What the step does to a package; {outcome} is "passed", "failed" or the like. The sentence goes on with
-- "in the … pipeline on branch …".
local steps = {
    ["package.queued"] = "is queued to be built",
    ["package.running"] = "is being built",
    ["package.complete"] = "{outcome} building",
    ["container.queued"] = "is queued to be built",
    ["container.running"] = "is being built",
    ["container.complete"] = "{outcome} building",
    ["compose.queued"] = "is queued to be part of a compose",
    ["compose.running"] = "is being part of a compose",
    ["compose.complete"] = "{outcome} a compose",
    ["image.queued"] = "is queued to be built in an image",
    ["image.running"] = "is being built in an image",
    ["image.complete"] = "{outcome} being built in an image",
}

-- The same for the tests of what was built. They have a name: package.test.functional.queued.
local tests = {
    ["package.queued"] = "is queued for functional testing",
    ["package.running"] = "is running its functional tests",
    ["package.complete"] = "{outcome} its functional tests",
    ["container.queued"] = "is queued for functional testing",
    ["container.running"] = "is running its functional tests",
    ["container.complete"] = "{outcome} its functional tests",
    ["compose.queued"] = "is queued for tests as part of a compose",
    ["compose.running"] = "is being tested as part of a compose",
    ["compose.complete"] = "{outcome} its tests as part of a compose",
    ["image.queued"] = "is queued for tests in an image",
    ["image.running"] = "is being tested in an image",
    ["image.complete"] = "{outcome} its tests in an image",
}

local outcomes = {
    success = "passed",
    failure = "failed",
    failed = "failed",
    aborted = "aborted",
    unstable = "is unstable after",
}
local outcomes_of_all = { aborted = "was aborted in", unstable = "is unstable in" }

-- "Commit", "35cdcb6a"
local function subject(rev)
    local task, request = rev:match("^kojitask%-(.+)$"), rev:match("^PR%-(.+)$")
    if task then
        return "Koji task", task
    elseif request then
        return "Pull request", request
    end
    return "Commit", truncate(rev, 8)
end

-- Builds that are not of a dist-git repository lack some of it.
local function name_of(msg, member)
    return shared.fedora.first(msg.msg[member], "unknown_" .. member)
end

-- A rule for a service. split_event gets what is behind the name of the service in the topic, and tells the title of
-- the pipeline and the step.
function pipeline.rule(name, description, split_event)
    local rule = {
        name = name,
        description = description,
        home = "http://ci.centos.org/",
        docs = "https://docs.centos.org/centos-ci/",
        obj = "CI Results",
        icon = "https://ci.centos.org/static/ec6de755/images/headshot.png",
        prefix = [[org\.centos\.(dev|stage|prod)]],
    }

    local function event(msg)
        return re.match(msg.topic, [[\.pipeline\.(.*)$]])
    end

    function rule.subtitle(msg)
        local title, step = split_event(event(msg))
        local kind, revision = subject(msg.msg.rev)
        local words = {
            kind = kind,
            revision = revision,
            thing = title == "Container" and "container" or "package",
            title = title,
            namespace = name_of(msg, "namespace"),
            repo = name_of(msg, "repo"),
            branch = name_of(msg, "branch"),
        }
        local outcome = outcomes[msg.msg.status:lower()]
        if step == "complete" then
            words.does = outcomes_of_all[msg.msg.status:lower()] or outcome
        elseif step == "package.ignore" or step == "package.ignored" then
            words.does = "is being ignored by"
        end
        if words.does then  -- the pipeline as a whole
            return fmt('{kind} "{revision}" of {thing} {namespace}/{repo} {does} the {title} CI pipeline '
                .. "on branch {branch}", words)
        end
        local tested, state = re.match(step, [[^(\w+)\.test\.[^.]+\.(\w+)$]])
        local does = tested and tests[tested .. "." .. state] or steps[step]
        if not does then return "" end
        words.does = fmt(does, { outcome = outcome })
        return fmt("{kind} {revision} of {thing} {namespace}/{repo} {does} in the {title} CI pipeline "
            .. "on branch {branch}", words)
    end

    function rule.link(msg)
        return msg.msg.build_url
    end

    function rule.usernames(msg)
        return { msg.msg.username }
    end

    function rule.secondary_icon(msg)
        return truthy(msg.msg.username) and avatar(msg.msg.username) or nil
    end

    function rule.objects(msg)
        local parts = { name_of(msg, "namespace"), name_of(msg, "repo"), msg.msg.rev, name_of(msg, "branch") }
        return { table.concat(parts, "/") .. "/" .. event(msg):gsub("%.", "/") }
    end

    return rule
end

return pipeline
