using Microsoft.Playwright;

namespace Nabla.Serving.Tests.Page;

/// <summary>A Chromium for all tests of the page. Where there is none they are skipped: <c>NABLA_CHROMIUM</c> names another place of it.</summary>
public sealed class Browser : IAsyncLifetime
{
    // A page that is loaded while other tests take all processors.
    private const float Patience = 60_000;

    private static readonly string Path = Environment.GetEnvironmentVariable("NABLA_CHROMIUM") ?? "/usr/bin/chromium";

    // Nothing is to be fetched in the background, and a container has no sandbox of its own.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--font-render-hinting=none",
    ];

    private IPlaywright? playwright;
    private IBrowser? chromium;

    public async ValueTask InitializeAsync()
    {
        if (File.Exists(Path))
        {
            playwright = await Playwright.CreateAsync();
            chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Path, Args = Arguments });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (chromium is not null)
        {
            await chromium.DisposeAsync();
        }

        playwright?.Dispose();
    }

    /// <summary>A tab of its own.</summary>
    public async Task<IPage> Open(BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(chromium is null, $"There is no Chromium at {Path}: apt-get install chromium, or set NABLA_CHROMIUM.");
        IBrowserContext context = await chromium!.NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        return await context.NewPageAsync();
    }
}
