using System.Diagnostics;
using Microsoft.Playwright;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Page;

/// <summary>Draws the pictures of docs/serving-page.md: with <c>NABLA_SCREENSHOTS=1</c>, as they take two minutes of traffic.</summary>
public sealed class ScreenshotTests(Browser browser) : IClassFixture<Browser>
{
    private const int Seconds = 120;

    [Fact]
    public async Task The_page_is_pictured_on_a_desk_at_night_and_on_a_phone()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("NABLA_SCREENSHOTS") is null, "Set NABLA_SCREENSHOTS=1 to draw the pictures of the guide anew.");
        await using ServingHost host = await ServingHost.Start(new ServingOptions(), TrainedModels.Digits, TrainedModels.Iris);
        host.Save("iris", 2, TrainedModels.Iris);
        await host.PostJson("/v2/repository/models/iris/traffic", """{"stable": 1, "canary": 2, "canaryShare": 0.1}""");
        await Load(host);
        await Picture(host, "page.png", 1200, 940, ColorScheme.Light, "digits");
        await Picture(host, "page-dark.png", 1200, 940, ColorScheme.Dark, "iris");
        await Picture(host, "page-phone.png", 360, 780, ColorScheme.Light, "digits");
    }

    private async Task Picture(ServingHost host, string name, int width, int height, ColorScheme scheme, string model)
    {
        IPage page = await browser.Open(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme });
        await page.GotoAsync(host.RestAddress);
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Predict" })).ToBeVisibleAsync();
        await page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(model);
        if (model == "digits")
        {
            await page.Draw((0.28, 0.25), (0.72, 0.25), (0.45, 0.8));
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
        await Assertions.Expect(page.Locator("#answer .bars li").First).ToBeVisibleAsync();
        await page.WaitForTimeoutAsync(500);
        if (width < 500)
        {
            await page.Locator("#playground").ScrollIntoViewIfNeededAsync();
            await page.EvaluateAsync("document.querySelector('canvas').scrollIntoView()");
        }
        else
        {
            await page.EvaluateAsync("window.scrollTo(0, 0)");
        }

        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Nabla.Tests.Repository.PathOf($"docs/images/{name}") });
        await page.Context.CloseAsync();
    }

    // Traffic that comes and goes: rows of flowers, and the seven of the guide.
    private static async Task Load(ServingHost host)
    {
        byte[] seven = await File.ReadAllBytesAsync(Nabla.Tests.Repository.PathOf("docs/images/seven.png"), TestContext.Current.CancellationToken);
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed.TotalSeconds < Seconds)
        {
            double rate = 60 + (40 * Math.Sin(watch.Elapsed.TotalSeconds / 9)) + (15 * Math.Sin(watch.Elapsed.TotalSeconds / 2.3));
            await Task.WhenAll(SendPicture(host, seven), host.PostJson("/predict/iris", """{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}"""));
            await Task.Delay(TimeSpan.FromSeconds(1 / rate), TestContext.Current.CancellationToken);
        }
    }

    private static async Task SendPicture(ServingHost host, byte[] picture)
    {
        using ByteArrayContent content = new(picture);
        content.Headers.ContentType = new("image/png");
        using HttpResponseMessage response = await host.Client.PostAsync(new Uri("/predict/digits", UriKind.Relative), content, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
