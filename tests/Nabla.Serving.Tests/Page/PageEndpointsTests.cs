using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Page;

/// <summary>What the server answers to the page.</summary>
public sealed class PageEndpointsTests
{
    [Fact]
    public async Task Each_file_has_a_strict_policy_and_a_tag_that_saves_the_second_answer()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        string html = await host.Client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        string[] files = ["/", .. Regex.Matches(html, "(?:src|href)=\"(page/[^\"]+)\"").Select(match => $"/{match.Groups[1].Value}").Distinct()];
        Assert.Equal(4, files.Length);
        foreach (string file in files)
        {
            using HttpResponseMessage first = await host.Client.GetAsync(new Uri(file, UriKind.Relative), TestContext.Current.CancellationToken);
            string policy = Assert.Single(first.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(first.Headers.GetValues("X-Content-Type-Options")));
            using HttpRequestMessage again = new(HttpMethod.Get, file);
            again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            using HttpResponseMessage second = await host.Client.SendAsync(again, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        }
    }

    [Fact]
    public async Task Markup_has_no_script_or_style_of_its_own_and_no_other_host()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        string html = await host.Client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.DoesNotMatch("<style|style=|\\son[a-z]+=|<script>|https?://", html);
    }

    [Fact]
    public async Task State_counts_answers_refusals_and_failures()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        await host.PostJson("/v1/models/flowers:predict", """{"instances": [[1, 2, 3, 4]]}""");
        await host.Post("/v1/models/flowers:predict", """{"instances": [[1, 2]]}""");
        JsonElement model = await StateWhen(host, recent => Sum(recent, "answered") == 1 && Sum(recent, "refused") == 1);
        Assert.Equal(0, Sum(model.GetProperty("recent"), "failed"));
        Assert.Equal(120, model.GetProperty("recent").GetProperty("p99").GetArrayLength());
        JsonElement version = Assert.Single(model.GetProperty("versions").EnumerateArray());
        Assert.Equal(("1", "READY", "stable"), (version.GetProperty("version").GetString(), version.GetProperty("state").GetString(), version.GetProperty("labels")[0].GetString()));
        Assert.Equal((1, 0, 1024), (version.GetProperty("replicas").GetInt32(), version.GetProperty("pending").GetInt32(), version.GetProperty("queueLimit").GetInt32()));
    }

    [Fact]
    public async Task Forms_say_what_each_kind_of_model_takes()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Digits(), TestModels.Table(), TestModels.Reviews(), TestModels.Flowers());
        JsonElement digits = await host.GetJson("/page/models/digits");
        Assert.Equal(("image", 12, 1), (digits.GetProperty("takes").GetString(), digits.GetProperty("image").GetProperty("height").GetInt32(), digits.GetProperty("image").GetProperty("channels").GetInt32()));
        JsonElement iris = await host.GetJson("/page/models/iris");
        Assert.Equal(("row", "species"), (iris.GetProperty("takes").GetString(), iris.GetProperty("target").GetString()));
        Assert.Equal(["sepal_length", "sepal_width", "petal_length", "petal_width"], iris.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("name").GetString()));
        Assert.Equal(["bad", "good"], (await host.GetJson("/page/models/reviews")).GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        JsonElement flowers = await host.GetJson("/page/models/flowers");
        Assert.Equal(("numbers", "FP32"), (flowers.GetProperty("takes").GetString(), flowers.GetProperty("inputs")[0].GetProperty("datatype").GetString()));
        (HttpStatusCode status, string text) = await host.Get("/page/models/none");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("There is no model 'none'", text, StringComparison.Ordinal);
    }

    // A second shows when it is over.
    private static async Task<JsonElement> StateWhen(ServingHost host, Func<JsonElement, bool> holds)
    {
        for (int round = 0; round < 100; round++)
        {
            JsonElement model = (await host.GetJson("/page/state")).GetProperty("models")[0];
            if (holds(model.GetProperty("recent")))
            {
                return model;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("The state never told of the requests.");
    }

    private static double Sum(JsonElement recent, string name) => recent.GetProperty(name).EnumerateArray().Sum(value => value.GetDouble());
}
