using System.Collections.Concurrent;
using System.Text.Json;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Nabla.Serving.Tests.Hosts;
using Nabla.Serving.Tests.Security;

namespace Nabla.Serving.Tests.Page;

/// <summary>The page as a person uses it, in a real browser.</summary>
public sealed class PageTests(Browser browser) : IClassFixture<Browser>, IAsyncDisposable
{
    private readonly ConcurrentBag<string> complaints = [];
    private readonly List<IPage> pages = [];

    // Nothing may come from elsewhere, and the browser may have nothing to complain about.
    public async ValueTask DisposeAsync()
    {
        foreach (IPage page in pages)
        {
            await page.Context.CloseAsync();
        }

        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_drawn_seven_is_a_seven()
    {
        await using ServingHost host = await ServingHost.Start(TrainedModels.Digits);
        IPage page = await Open(host);
        await page.Draw((0.28, 0.25), (0.72, 0.25), (0.45, 0.8));
        await page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
        await Assertions.Expect(page.Locator("#answer .best")).ToHaveTextAsync("7");
        Assert.Equal(10, await page.GetByRole(AriaRole.List, new() { Name = "Probabilities" }).GetByRole(AriaRole.Listitem).CountAsync());
        float[] shares = await page.EvaluateAsync<float[]>("[...document.querySelectorAll('.bars .share')].map(share => parseFloat(share.textContent))");
        Assert.InRange(shares.Sum(), 99, 101);
        Assert.Equal(shares.OrderDescending(), shares);
        Assert.True(shares[0] > 50);
    }

    [Fact]
    public async Task A_seven_is_drawn_and_asked_about_with_the_keyboard_alone()
    {
        await using ServingHost host = await ServingHost.Start(TrainedModels.Digits);
        IPage page = await Open(host);
        await TabTo(page, "canvas");
        await Press(page, "ArrowLeft", 6);
        await Press(page, "ArrowUp", 7);
        await page.Keyboard.PressAsync("Space");
        await Press(page, "ArrowRight", 12);
        for (int step = 0; step < 7; step++)
        {
            await Press(page, "ArrowDown", 2);
            await Press(page, "ArrowLeft", 1);
        }

        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#answer .best")).ToHaveTextAsync("7");
        await page.Keyboard.PressAsync("Delete");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Draw something, or choose a picture.");
    }

    [Fact]
    public async Task A_chosen_picture_is_answered()
    {
        await using ServingHost host = await ServingHost.Start(TrainedModels.Digits);
        IPage page = await Open(host);
        await page.Locator("#picture").SetInputFilesAsync(Nabla.Tests.Repository.PathOf("docs/images/seven.png"));
        await Assertions.Expect(page.GetByAltText("The picture that you chose")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
        await Assertions.Expect(page.Locator("#answer .best")).ToHaveTextAsync("7");
    }

    [Fact]
    public async Task A_text_is_typed()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Reviews());
        IPage page = await Open(host);
        await page.GetByLabel("Text").FillAsync("a good film <b>");
        await page.Keyboard.PressAsync("Control+Enter");
        await Assertions.Expect(page.Locator("#answer .bars li")).ToHaveCountAsync(2);
        await page.GetByLabel("Text").FillAsync(" ");
        await page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Type a text.");
    }

    [Fact]
    public async Task What_an_answer_should_have_been_is_kept_where_the_server_keeps_examples()
    {
        using Nabla.Tests.TemporaryFolder folder = new();
        await using ServingHost host = await ServingHost.Start(
            new ServingOptions { Collect = new CollectOptions { Folder = folder.File("examples"), Models = ["reviews"] } }, TestModels.Reviews());
        IPage page = await Open(host);
        await page.GetByLabel("Text").FillAsync("a film");
        await page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
        await page.GetByLabel("It should have been").SelectOptionAsync("good");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep as an example" }).ClickAsync();
        await Assertions.Expect(page.Locator("#answer [role=status]")).ToHaveTextAsync("Kept.");
        Assert.EndsWith("\"a film\",\"good\"\n", await File.ReadAllTextAsync(folder.File("examples/reviews.csv"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_is_filled_in_with_the_keyboard_alone()
    {
        await using ServingHost host = await ServingHost.Start(TrainedModels.Iris);
        IPage page = await Open(host);
        await TabTo(page, "#column-0");
        foreach (string value in new[] { "5.1", "3,5", "1.4", "0.2" })
        {
            await page.Keyboard.PressAsync("Control+A");
            await page.Keyboard.TypeAsync(value);
            await page.Keyboard.PressAsync("Tab");
        }

        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#answer .best")).ToHaveTextAsync("setosa");
        await page.GetByLabel("petal_length").FillAsync("tall");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("petal_length expects a number but got 'tall'.");
        await Assertions.Expect(page.GetByLabel("petal_length")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Numbers_are_sent_where_a_model_says_no_more()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        IPage page = await Open(host);
        await page.GetByLabel("input").FillAsync("5.1, 3.5, 1.4, 0.2");
        await page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
        await Assertions.Expect(page.Locator("#answer .bars li")).ToHaveCountAsync(3);
        await page.GetByLabel("input").FillAsync("5.1, 3.5");
        await page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("input 'input'");
    }

    [Fact]
    public async Task What_the_server_refuses_is_shown_in_its_words()
    {
        await using ServingHost host = await ServingHost.Start(TrainedModels.Digits);
        IPage page = await Open(host);
        await page.Locator("#picture").SetInputFilesAsync(new FilePayload { Name = "no.png", MimeType = "image/png", Buffer = "no picture"u8.ToArray() });
        await page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("expected a picture");
        await Assertions.Expect(page.Locator("#answer")).ToBeEmptyAsync();
        await page.Draw((0.3, 0.3), (0.6, 0.6));
        await host.StopAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The server does not answer.");
    }

    [Fact]
    public async Task A_key_is_asked_for_kept_in_the_tab_and_sent()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        ConcurrentBag<string> keys = [];
        IPage page = await Tab(host, new BrowserNewContextOptions());
        await page.RouteAsync("**/{page/state,page/models/*,v2/models/*/infer}", route => Guard(route, keys));
        await page.GotoAsync(host.RestAddress);
        ILocator dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "API key" });
        await Assertions.Expect(dialog).ToBeVisibleAsync();
        await page.Keyboard.TypeAsync("secret");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Article, new() { Name = "Model flowers" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("This key may not do that. No right to predict.");
        Assert.All(keys, key => Assert.Equal("Bearer secret", key));
        Assert.Equal("secret", await page.EvaluateAsync<string>("sessionStorage.getItem('nabla-key')"));
        Assert.Equal(0, await page.EvaluateAsync<int>("localStorage.length + document.cookie.length"));
    }

    [Fact]
    public async Task A_key_for_one_model_shows_and_asks_that_one()
    {
        using KeyRing ring = new(("alice", ["predict:flowers"]));
        await using ServingHost host = await ServingHost.Start(ring.Options, TestModels.Flowers(), TestModels.Reviews());
        IPage page = await Tab(host, new BrowserNewContextOptions());
        await page.GotoAsync(host.RestAddress);
        await page.GetByLabel("Key", new() { Exact = true }).FillAsync("not a key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use this key" }).ClickAsync();
        await Assertions.Expect(page.Locator("#health")).ToHaveTextAsync("No access");
        await page.GetByRole(AriaRole.Button, new() { Name = "API key" }).ClickAsync();
        await page.GetByLabel("Key", new() { Exact = true }).FillAsync(ring["alice"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Use this key" }).ClickAsync();
        await Assertions.Expect(page.Locator("article")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
        await Assertions.Expect(page.Locator("#answer .bars li")).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task Who_gives_no_key_is_told_and_not_asked_again()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        IPage page = await Tab(host, new BrowserNewContextOptions());
        int asked = 0;
        await page.RouteAsync("**/page/state", route =>
        {
            asked++;
            return route.FulfillAsync(new RouteFulfillOptions { Status = 401, ContentType = "application/json", Body = """{"error": "A key is needed.", "reason": "unauthenticated"}""" });
        });
        await page.GotoAsync(host.RestAddress);
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(page.Locator("#health")).ToHaveTextAsync("No access");
        await Assertions.Expect(page.Locator("#reasons")).ToContainTextAsync("A key is needed.");
        await page.WaitForTimeoutAsync(2500);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Versions_and_their_labels_are_shown_and_follow_the_server()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        host.Save("flowers", 2, TestModels.Flowers(2));
        await host.PostJson("/v2/repository/models/flowers/traffic", """{"stable": 1, "canary": 2, "canaryShare": 0.25}""");
        IPage page = await Open(host);
        ILocator rows = page.GetByRole(AriaRole.Region, new() { Name = "Versions of flowers" }).Locator("tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(rows.Nth(0)).ToContainTextAsync("stable");
        await Assertions.Expect(rows.Nth(1)).ToContainTextAsync("canary 25");
        await host.PostJson("/v2/repository/models/flowers/traffic", """{"stable": 2}""");
        await Assertions.Expect(rows.Nth(0)).ToContainTextAsync("unavailable");
        await Assertions.Expect(page.Locator("#health")).ToHaveTextAsync("Healthy");
    }

    [Fact]
    public async Task Curves_show_the_requests_of_the_last_seconds()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        IPage page = await Open(host);
        for (int request = 0; request < 20; request++)
        {
            await host.PostJson("/v1/models/flowers:predict", """{"instances": [[1, 2, 3, 4]]}""");
        }

        ILocator throughput = page.GetByRole(AriaRole.Img, new() { NameRegex = new("^Answers a second") });
        await Assertions.Expect(throughput.Locator("polyline")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".figures dd").First).Not.ToHaveTextAsync("0");
        await Assertions.Expect(page.GetByRole(AriaRole.Img, new() { NameRegex = new("^Latency, ms: now half within [0-9.]+ ms") })).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(360, 740, ColorScheme.Light)]
    [InlineData(360, 740, ColorScheme.Dark)]
    [InlineData(1280, 900, ColorScheme.Light)]
    [InlineData(1280, 900, ColorScheme.Dark)]
    public async Task The_page_fits_the_screen_and_keeps_the_rules_of_accessibility(int width, int height, ColorScheme scheme)
    {
        await using ServingHost host = await ServingHost.Start(TrainedModels.Digits, TrainedModels.Iris, TestModels.Reviews());
        IPage page = await Open(host, new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            HasTouch = width < 500,
        });
        foreach (string model in new[] { "digits", "iris", "reviews" })
        {
            await page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(model);
            await page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
            await Assertions.Expect(page.Locator("#answer:not(:empty), #error:not([hidden])")).ToHaveCountAsync(1);
            Assert.Equal(width, await page.EvaluateAsync<int>("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"));
            AxeResult result = await page.RunAxe();
            Assert.True(result.Violations.Length == 0, string.Join("\n", result.Violations.Select(rule => $"{model}: {rule.Id}: {string.Join(", ", rule.Nodes.Select(node => node.Html))}")));
        }

        Assert.Equal("none 0s", await page.EvaluateAsync<string>("(style => `${style.transitionProperty} ${style.transitionDuration}`)(getComputedStyle(document.body))"));
    }

    [Fact]
    public async Task The_skip_link_leads_to_the_playground_and_pausing_stops_the_questions()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        IPage page = await Open(host);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByLabel("Model", new() { Exact = true })).ToBeFocusedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        int asked = 0;
        page.Request += (_, request) => asked += request.Url.EndsWith("/page/state", StringComparison.Ordinal) ? 1 : 0;
        await page.WaitForTimeoutAsync(2500);
        Assert.Equal(0, asked);
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause", Pressed = true })).ToBeVisibleAsync();
    }

    // The page is open and knows its models.
    private async Task<IPage> Open(ServingHost host, BrowserNewContextOptions? options = null)
    {
        IPage page = await Tab(host, options ?? new BrowserNewContextOptions());
        await page.GotoAsync(host.RestAddress);
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Predict" })).ToBeVisibleAsync();
        return page;
    }

    private async Task<IPage> Tab(ServingHost host, BrowserNewContextOptions options)
    {
        IPage page = await browser.Open(options);
        pages.Add(page);
        string address = host.RestAddress;
        page.Request += (_, request) => Complain(request.Url.StartsWith(address, StringComparison.Ordinal) || request.Url.StartsWith("blob:", StringComparison.Ordinal), request.Url);
        page.Console += (_, message) => Complain(!message.Text.Contains("Content Security Policy", StringComparison.Ordinal), message.Text);
        page.PageError += (_, error) => Complain(false, error);
        return page;
    }

    private void Complain(bool isSound, string text)
    {
        if (!isSound)
        {
            complaints.Add(text);
        }
    }

    private static async Task TabTo(IPage page, string selector)
    {
        for (int presses = 0; presses < 40; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector))
            {
                return;
            }
        }

        Assert.Fail($"{selector} is not reached by the Tab key.");
    }

    private static async Task Press(IPage page, string key, int times)
    {
        for (int time = 0; time < times; time++)
        {
            await page.Keyboard.PressAsync(key);
        }
    }

    // Who has no key is not known, and who has one may look but not predict.
    private static Task Guard(IRoute route, ConcurrentBag<string> keys)
    {
        if (!route.Request.Headers.TryGetValue("authorization", out string? key))
        {
            return route.FulfillAsync(Error(401, "A key is needed."));
        }

        keys.Add(key);
        return route.Request.Url.EndsWith("/infer", StringComparison.Ordinal) ? route.FulfillAsync(Error(403, "No right to predict.")) : route.ContinueAsync();
    }

    private static RouteFulfillOptions Error(int status, string text) => new()
    {
        Status = status,
        ContentType = "application/json",
        Body = JsonSerializer.Serialize(new { error = text, reason = "refused" }),
    };
}
