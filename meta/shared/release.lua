-- What the rules of how Fedora is built and released have in common.

local release = {}

-- What is behind the name of the service in a topic: "update.comment" of org.fedoraproject.prod.bodhi.update.comment.
function release.event(msg)
    return msg.topic:match("^[^.]*%.[^.]*%.[^.]*%.[^.]*%.(.*)$") or ""
end

function release.is_staging(msg)
    return msg.topic:match("^[^.]*%.[^.]*%.stg%.") ~= nil
end

-- "python-foo" of "python-foo-1.0-1.fc20"
function release.package(nvr)
    return nvr:rsplit("-", 2)[1]
end

-- "ralph" of "http://ralph.id.fedoraproject.org/"; what is no such address stays as it is.
function release.user_of_openid(openid)
    return re.match(openid, [[^(?:https?://)?([^/.]+)\.id\.fedoraproject\.org/?$]]) or openid
end

-- The picture of a user, who may be known by a mail address only.
function release.picture(user)
    return user:find("@", 1, true) and gravatar(user) or avatar(user)
end

function release.package_icon(package)
    return "https://apps.fedoraproject.org/packages/images/icons/" .. package .. ".png"
end

-- A list of the values that are there.
function release.present(...)
    local values = {}
    for i = 1, select("#", ...) do
        local value = select(i, ...)
        if truthy(value) then
            table.insert(values, value)
        end
    end
    return values
end

-- The states of Koji's builds and tasks, as the end of a sentence.
release.build_states = {
    [0] = "started building",
    [1] = "completed",
    [2] = "was deleted",
    [3] = "failed to build",
    [4] = "was cancelled",
}
release.task_states = {
    OPEN = "started",
    CLOSED = "completed",
    FAILED = "failed",
    CANCELED = "was cancelled",
}

return release
