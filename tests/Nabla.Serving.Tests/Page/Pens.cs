using Microsoft.Playwright;

namespace Nabla.Serving.Tests.Page;

/// <summary>Draws on the page's canvas with the mouse.</summary>
internal static class Pens
{
    /// <summary>One stroke through points, whose places are shares of the canvas.</summary>
    public static async Task Draw(this IPage page, params (double X, double Y)[] points)
    {
        ILocator canvas = page.Locator("canvas");
        await canvas.ScrollIntoViewIfNeededAsync();
        LocatorBoundingBoxResult box = (await canvas.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync((float)(box.X + (points[0].X * box.Width)), (float)(box.Y + (points[0].Y * box.Height)));
        await page.Mouse.DownAsync();
        foreach ((double x, double y) in points[1..])
        {
            await page.Mouse.MoveAsync((float)(box.X + (x * box.Width)), (float)(box.Y + (y * box.Height)), new MouseMoveOptions { Steps = 8 });
        }

        await page.Mouse.UpAsync();
    }
}
