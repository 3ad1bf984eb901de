// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo_cluster/api_server.h"

#include "app/demo_cluster/admission.h"
#include "app/demo_cluster/api_discovery.h"
#include "app/demo_cluster/api_request.h"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <thread>

namespace app {

using namespace std::chrono_literals;
using core::ErrorKind;
using httplib::Request;
using httplib::Response;
using nlohmann::json;

namespace {

constexpr auto jsonType = "application/json";
constexpr auto bookmarkInterval = 5s; ///< the real server's is about a minute; a demo shows it sooner
constexpr auto watchSlice = 200ms;    ///< how soon a watch notices that the server stops or the client left

ApiFailure notFound(const std::string &message = "the server could not find the requested resource")
{
    return {404, "NotFound", message};
}

json statusObject(const ApiFailure &failure)
{
    json status{{"kind", "Status"},    {"apiVersion", "v1"},         {"metadata", json::object()},
                {"status", "Failure"}, {"message", failure.message}, {"reason", failure.reason},
                {"code", failure.code}};
    if (!failure.causes.empty())
        status["details"] = {{"causes", failure.causes}};
    return status;
}

void answer(Response &response, int code, const json &body)
{
    response.status = code;
    response.set_content(body.dump(-1, ' ', false, json::error_handler_t::replace), jsonType);
}

void answer(Response &response, const ApiFailure &failure)
{
    answer(response, failure.code, statusObject(failure));
}

} // namespace

struct ApiServer::Private {
    ObjectStore &store;
    ApiServerOptions options;
    httplib::Server http;
    std::jthread thread;
    int port = 0;

    Private(ObjectStore &objects, ApiServerOptions wanted) : store(objects), options(std::move(wanted)) {}

    void addRoutes();
    bool discover(const Request &request, Response &response) const;
    void read(const Request &request, Response &response);
    bool podLog(const Request &request, Response &response) const; ///< false: is not about a log
    void listPage(const Request &request, Response &response, const Place &place);
    void watch(const Request &request, Response &response, const Place &place);
    void patch(const Request &request, Response &response);
    void apply(const Request &request, Response &response, const Place &place, const json &body);
    void mergePatch(const Request &request, Response &response, const Place &place, const json &body);
    void erase(const Request &request, Response &response);
    void review(const Request &request, Response &response) const;
    bool isAllowed(const std::string &plural, const std::string &verb) const;
    /// The place of a request, or its refusal: unknown, forbidden.
    ApiResult<Place> admitted(const Request &request, const std::string &verb) const;
};

bool ApiServer::Private::isAllowed(const std::string &plural, const std::string &verb) const
{
    const bool reads = verb == "get" || verb == "list" || verb == "watch";
    return !std::ranges::count(options.forbidden, plural) && (reads || !std::ranges::count(options.readOnly, plural));
}

ApiResult<Place> ApiServer::Private::admitted(const Request &request, const std::string &verb) const
{
    const auto place = parsePlace(request.path);
    if (!place)
        return std::unexpected(notFound());
    if (!isAllowed(place->kind->plural, verb))
        return std::unexpected(ApiFailure{
            403, "Forbidden",
            fmt::format(
                R"({} is forbidden: User "demo" cannot {} resource "{}" in API group "{}" at the cluster scope)",
                place->kind->plural, verb, place->kind->plural, place->kind->group)});
    return *place;
}

bool ApiServer::Private::discover(const Request &request, Response &response) const
{
    const auto &path = request.path;
    if (path == "/version") {
        const auto parts = split(options.serverVersion, '.');
        answer(response, 200,
               {{"major", parts[0].substr(1)},
                {"minor", parts.size() > 1 ? parts[1] : ""},
                {"gitVersion", options.serverVersion},
                {"platform", "linux/amd64"}});
    } else if (path == "/healthz" || path == "/livez" || path == "/readyz") {
        response.set_content("ok", "text/plain");
    } else if (path == "/api") {
        answer(response, 200, {{"kind", "APIVersions"}, {"versions", {"v1"}}});
    } else if (path == "/apis") {
        answer(response, 200, groupList());
    } else if (path == "/api/v1") {
        answer(response, 200, resourceList("", "v1"));
    } else {
        const auto parts = split(path, '/'); // "", "apis", the group, its version
        if (parts.size() < 3 || parts.size() > 4 || parts[1] != "apis" || !isServedGroup(parts[2]))
            return false;
        if (parts.size() == 4 && parts[3] != "v1")
            return false;
        answer(response, 200, parts.size() == 3 ? apiGroup(parts[2]) : resourceList(parts[2], "v1"));
    }
    return true;
}

void ApiServer::Private::read(const Request &request, Response &response)
{
    if (discover(request, response) || podLog(request, response))
        return;
    const bool watching = request.get_param_value("watch") == "1" || request.get_param_value("watch") == "true";
    const auto place = admitted(request, watching ? "watch" : "list");
    if (!place)
        return answer(response, place.error());
    if (watching)
        return watch(request, response, *place);
    if (place->name.empty())
        return listPage(request, response, *place);
    const auto object = store.find(place->kind->plural, place->nameSpace, place->name);
    if (!object)
        return answer(response, notFound(fmt::format("{} \"{}\" not found", place->kind->plural, place->name)));
    answer(response, 200, *object);
}

bool ApiServer::Private::podLog(const Request &request, Response &response) const
{
    constexpr std::string_view end = "/log";
    if (!request.path.ends_with(end))
        return false;
    const auto place = parsePlace(request.path.substr(0, request.path.size() - end.size()));
    if (!place || place->kind->plural != "pods" || place->name.empty())
        return false;
    const auto container = request.get_param_value("container");
    if (std::ranges::count(options.forbidden, "pods") + std::ranges::count(options.forbidden, "pods/log") > 0)
        answer(response,
               ApiFailure{403, "Forbidden", R"(pods "log" is forbidden: User "demo" cannot get resource "pods/log")"});
    else if (!store.find("pods", place->nameSpace, place->name))
        answer(response, notFound(fmt::format("pods \"{}\" not found", place->name)));
    else if (!container.empty() && container != "main")
        answer(
            response,
            ApiFailure{400, "BadRequest", fmt::format("container {} is not valid for pod {}", container, place->name)});
    else {
        const auto log = options.logs.find(place->nameSpace + "/" + place->name);
        auto text = log == options.logs.end() ? std::string() : log->second;
        if (const auto most = number(request.get_param_value("limitBytes")))
            text.resize(std::min(text.size(), static_cast<std::size_t>(*most)));
        response.set_content(text, "text/plain");
    }
    return true;
}

void ApiServer::Private::listPage(const Request &request, Response &response, const Place &place)
{
    const auto filter =
        makeFilter(request.get_param_value("fieldSelector"), request.get_param_value("labelSelector"), place);
    if (!filter)
        return answer(response, filter.error());
    const auto limit =
        request.has_param("limit") ? number(request.get_param_value("limit")) : std::optional<std::int64_t>(0);
    if (!limit)
        return answer(response, ApiFailure{400, "BadRequest", "limit must be a number, not negative"});
    const auto page =
        store.list(place.kind->plural, *filter, static_cast<std::size_t>(*limit), request.get_param_value("continue"));
    if (!page)
        return answer(response, page.error());
    json metadata{{"resourceVersion", std::to_string(page->version)}};
    if (!page->next.empty()) {
        metadata["continue"] = page->next;
        metadata["remainingItemCount"] = page->remaining;
    }
    // The text is put together by hand so that no page is copied into one more document.
    auto text = fmt::format(R"({{"kind":"{}","apiVersion":"{}","metadata":{},"items":[)", place.kind->listKind,
                            place.kind->apiVersion(), metadata.dump());
    for (const auto &item : page->items)
        text.append(&item == &page->items.front() ? "" : ",").append(item->dump());
    response.set_content(text + "]}", jsonType);
}

namespace {

/// One running watch; used by the connection's thread only.
struct Watch {
    ObjectStore &store;
    const ServedKind *kind;
    ObjectStore::Filter filter;
    std::int64_t version;
    bool bookmarks;
    std::vector<ObjectPtr> initial;
    bool initialEnd; ///< announce the end of the initial events
    std::chrono::steady_clock::time_point lastBookmark, end;

    static std::string line(const std::string &type, const json &object)
    {
        return json{{"type", type}, {"object", object}}.dump() + "\n";
    }

    std::string bookmark(bool endOfInitial) const
    {
        json metadata{{"resourceVersion", std::to_string(version)}};
        if (endOfInitial)
            metadata["annotations"] = {{"k8s.io/initial-events-end", "true"}};
        return line("BOOKMARK", {{"kind", kind->kind}, {"apiVersion", kind->apiVersion()}, {"metadata", metadata}});
    }

    /// What to send next; nullopt ends the watch.
    std::optional<std::string> next(bool &last)
    {
        std::string text;
        for (const auto &object : std::exchange(initial, {}))
            text += line("ADDED", *object);
        if (std::exchange(initialEnd, false))
            text += bookmark(true);
        const auto now = std::chrono::steady_clock::now();
        if (now >= end)
            return std::nullopt;
        const auto events = store.eventsAfter(kind->plural, version, text.empty() ? watchSlice : 0ms);
        if (!events) {
            last = true;
            return text + line("ERROR", statusObject(events.error()));
        }
        for (const auto &event : *events)
            if (filter(*event.object))
                text += line(event.type, *event.object);
        if (bookmarks && text.empty() && now - lastBookmark >= bookmarkInterval)
            text += bookmark(false);
        if (!text.empty())
            lastBookmark = now;
        return text;
    }
};

} // namespace

void ApiServer::Private::watch(const Request &request, Response &response, const Place &place)
{
    const auto filter =
        makeFilter(request.get_param_value("fieldSelector"), request.get_param_value("labelSelector"), place);
    if (!filter)
        return answer(response, filter.error());
    const auto text = request.get_param_value("resourceVersion");
    const auto from = text.empty() ? std::optional<std::int64_t>(0) : number(text);
    if (!from)
        return answer(response, ApiFailure{400, "BadRequest", fmt::format("invalid resource version: \"{}\"", text)});
    const bool initialEvents = request.get_param_value("sendInitialEvents") == "true";
    if (*from != 0 && !initialEvents && store.isExpired(*from))
        return answer(response, ApiFailure{410, "Expired", fmt::format("too old resource version: {}", *from)});
    const auto seconds = number(request.get_param_value("timeoutSeconds")).value_or(1800);
    const auto now = std::chrono::steady_clock::now();
    auto watch = std::make_shared<Watch>(Watch{store,
                                               place.kind,
                                               *filter,
                                               *from,
                                               request.get_param_value("allowWatchBookmarks") == "true",
                                               {},
                                               initialEvents,
                                               now,
                                               now + std::chrono::seconds(seconds)});
    if (*from == 0 || initialEvents) {
        auto page = store.list(place.kind->plural, *filter, 0, {});
        watch->initial = std::move(page->items);
        watch->version = page->version;
    }
    response.set_chunked_content_provider(jsonType, [watch](std::size_t, httplib::DataSink &sink) {
        bool last = false;
        const auto piece = watch->next(last);
        if (piece && !piece->empty() && !sink.write(piece->data(), piece->size()))
            return false;
        if (!piece || last)
            sink.done();
        return sink.is_writable();
    });
}

void ApiServer::Private::patch(const Request &request, Response &response)
{
    const auto place = admitted(request, "patch");
    if (!place)
        return answer(response, place.error());
    if (place->name.empty())
        return answer(
            response,
            ApiFailure{405, "MethodNotAllowed", "the server does not allow this method on the requested resource"});
    if (request.has_param("dryRun") && request.get_param_value("dryRun") != "All")
        return answer(response, ApiFailure{422, "Invalid", "dryRun: Unsupported value: supported values: \"All\""});
    const auto body = parseBody(request.body);
    if (!body)
        return answer(response, body.error());
    const auto type = split(request.get_header_value("Content-Type"), ';')[0];
    if (type == "application/apply-patch+yaml")
        return apply(request, response, *place, *body);
    if (type == "application/merge-patch+json")
        return mergePatch(request, response, *place, *body);
    answer(response,
           ApiFailure{415, "UnsupportedMediaType",
                      "the body of the request was in an unknown format - accepted media types include: "
                      "application/merge-patch+json, application/apply-patch+yaml"});
}

void ApiServer::Private::apply(const Request &request, Response &response, const Place &place, const json &body)
{
    const auto manager = request.get_param_value("fieldManager");
    const auto bad = [&](const std::string &why) { answer(response, ApiFailure{400, "BadRequest", why}); };
    if (manager.empty() || manager.size() > 128)
        return answer(response,
                      ApiFailure{422, "Invalid", "fieldManager: Required value: is required for apply patch"});
    const auto metadata = body.value("metadata", json::object());
    if (body.value("apiVersion", "") != place.kind->apiVersion() || body.value("kind", "") != place.kind->kind)
        return bad("apiVersion and kind of the object do not match the URL");
    if (metadata.value("name", place.name) != place.name)
        return bad(fmt::format("the name of the object ({}) does not match the name on the URL ({})",
                               metadata.value("name", ""), place.name));
    if (metadata.value("namespace", place.nameSpace) != place.nameSpace)
        return bad("the namespace of the provided object does not match the namespace sent on the request");
    if (metadata.contains("managedFields"))
        return bad("metadata.managedFields must be nil");
    if (place.kind->namespaced && !store.find("namespaces", {}, place.nameSpace))
        return answer(response, notFound(fmt::format("namespaces \"{}\" not found", place.nameSpace)));
    const auto applied = store.apply(*place.kind, place.nameSpace, place.name, body,
                                     {manager, request.get_param_value("force") == "true", request.has_param("dryRun")},
                                     [&](json &object) { return admit(*place.kind, object); });
    if (!applied)
        return answer(response, applied.error());
    answer(response, applied->created ? 201 : 200, applied->object);
}

void ApiServer::Private::mergePatch(const Request &request, Response &response, const Place &place, const json &body)
{
    const auto object = store.find(place.kind->plural, place.nameSpace, place.name);
    if (!object)
        return answer(response, notFound(fmt::format("{} \"{}\" not found", place.kind->plural, place.name)));
    if (request.get_param_value("force") == "true")
        return answer(response,
                      ApiFailure{422, "Invalid", "force: Forbidden: may not be specified for non-apply patch"});
    auto patched = *object;
    patched.merge_patch(body);
    if (patched["metadata"].value("name", "") != place.name)
        return answer(response, ApiFailure{422, "Invalid", "metadata.name: field is immutable"});
    if (const auto ok = admit(*place.kind, patched); !ok)
        return answer(response, ok.error());
    if (request.has_param("dryRun"))
        return answer(response, 200, patched);
    const auto manager =
        request.has_param("fieldManager") ? request.get_param_value("fieldManager") : std::string("unknown");
    store.update(*place.kind, place.nameSpace, place.name, manager, [&](json &live) { live.merge_patch(body); });
    const auto stored = store.find(place.kind->plural, place.nameSpace, place.name);
    answer(response, 200, stored ? *stored : patched);
}

void ApiServer::Private::erase(const Request &request, Response &response)
{
    const auto place = admitted(request, "delete");
    if (!place)
        return answer(response, place.error());
    const auto object = store.remove(place->kind->plural, place->nameSpace, place->name);
    if (!object)
        return answer(response, notFound(fmt::format("{} \"{}\" not found", place->kind->plural, place->name)));
    answer(response, 200,
           {{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", json::object()}, {"status", "Success"}});
}

void ApiServer::Private::review(const Request &request, Response &response) const
{
    auto body = parseBody(request.body);
    if (!body)
        return answer(response, body.error());
    const auto asked = (*body).value("/spec/resourceAttributes/resource"_json_pointer, std::string());
    const auto verb = (*body).value("/spec/resourceAttributes/verb"_json_pointer, std::string());
    const bool allowed = isAllowed(asked, verb);
    (*body)["status"] = {{"allowed", allowed}};
    if (!allowed)
        (*body)["status"]["reason"] = "the demo cluster was started with this kind forbidden";
    answer(response, 201, *body);
}

void ApiServer::Private::addRoutes()
{
    // Open to every local program, so no web page may reach it: browsers send Origin, and rebound names another Host.
    http.set_pre_routing_handler([this](const Request &request, Response &response) {
        if (!request.has_header("Origin") && request.get_header_value("Host") == fmt::format("127.0.0.1:{}", port))
            return httplib::Server::HandlerResponse::Unhandled;
        answer(response, ApiFailure{403, "Forbidden", "the demo cluster answers local programs only"});
        return httplib::Server::HandlerResponse::Handled;
    });
    http.set_exception_handler([](const Request &, Response &response, const std::exception_ptr &) {
        answer(response, ApiFailure{500, "InternalError", "Internal error occurred"});
    });
    http.Get(".*", [this](const Request &request, Response &response) { read(request, response); });
    http.Patch(".*", [this](const Request &request, Response &response) { patch(request, response); });
    http.Delete(".*", [this](const Request &request, Response &response) { erase(request, response); });
    http.Post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
              [this](const Request &request, Response &response) { review(request, response); });
    http.set_error_handler([](const Request &, Response &response) {
        if (response.body.empty() && response.status >= 400)
            answer(response,
                   response.status == 404 ? notFound() : ApiFailure{response.status, "", "the request was refused"});
    });
}

ApiServer::ApiServer() = default;

core::Result<std::unique_ptr<ApiServer>> ApiServer::start(ObjectStore &store, ApiServerOptions options)
{
    auto server = std::unique_ptr<ApiServer>(new ApiServer);
    server->m = std::make_unique<Private>(store, std::move(options));
    auto &http = server->m->http;
    http.new_task_queue = [] { return new httplib::ThreadPool(32); }; // a watch holds its thread
    http.set_tcp_nodelay(true);     // head and body are two writes; Nagle would hold the second for 40 ms
    http.set_keep_alive_timeout(1); // stop() waits for idle connections
    http.set_keep_alive_max_count(100000);
    server->m->addRoutes();
    server->m->port = http.bind_to_any_port("127.0.0.1");
    if (server->m->port <= 0)
        return core::fail(ErrorKind::Io, "no free port on 127.0.0.1 for the demo cluster");
    server->m->thread = std::jthread([&http] { http.listen_after_bind(); });
    while (!http.is_running())
        std::this_thread::sleep_for(1ms);
    return server;
}

ApiServer::~ApiServer()
{
    if (m)
        m->http.stop();
}

int ApiServer::port() const
{
    return m->port;
}

} // namespace app
