-- The pipelines that the CentOS CI runs for Fedora: on Atomic Host, on all packages, on containers.

local titles = {
    allpackages = "All Packages",
    ["allpackages-build"] = "All Packages (Build)",
    ["allpackages-pr"] = "All Packages (PR)",
    ["container-build"] = "Container",
    ["container-pr"] = "Container",
}

return shared.pipeline.rule("ci.pipeline", "The continuous integration of Fedora's packages", function(event)
    local first, rest = event:match("^([^.]+)%.(.+)$")
    if titles[first] then return titles[first], rest end
    return first == "container" and "Container" or "Atomic", event
end)
