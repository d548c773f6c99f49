using System.Text.Json;
using Nabla.Tests;
using Nabla.Vision.Tests;
using SkiaSharp;

namespace Nabla.Cli.Tests;

public sealed class ImagesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_of_images_is_learnt_judged_and_predicted()
    {
        Draw("pictures", 20);
        string run = folder.File("run");
        Cli.Run("train", "images", "--data", folder.File("pictures"), "--size", "16", "--epochs", "6", "--out", run).Succeeds();
        JsonElement metrics = JsonDocument.Parse(File.ReadAllText(folder.File("run/metrics.json"))).RootElement;
        Assert.Equal(1, metrics.GetProperty("test_accuracy").GetDouble());
        Assert.True(metrics.GetProperty("images_per_second").GetDouble() > 0);
        Assert.Contains("resized to 16 x 16", Cli.Run("inspect", run).Succeeds().Output, StringComparison.Ordinal);

        string large = folder.Write("large.jpg", Stripes(90, 61, upright: true, SKEncodedImageFormat.Jpeg));
        Assert.StartsWith($"{large}: upright", Cli.Run("predict", run, large).Succeeds().Output, StringComparison.Ordinal);
        Assert.StartsWith("-: level", Cli.RunWith(Stripes(16, 16, upright: false), "predict", run, "-").Succeeds().Output, StringComparison.Ordinal);
        string one = Cli.Run("evaluate", run, "--data", folder.File("pictures"), "--json").Succeeds().Output;
        Assert.Equal(40, JsonDocument.Parse(one).RootElement.GetProperty("samples").GetInt32());
    }

    [Fact]
    public void Training_and_test_folders_are_kept_apart()
    {
        Draw("data/train", 10);
        Draw("data/test", 3);
        Outcome trained = Cli.Run("train", "images", "--data", folder.File("data"), "--size", "8", "--epochs", "1", "--out", folder.File("run")).Succeeds();
        Assert.Contains("18 images to learn from, 2 to validate, 6 to test", trained.Output, StringComparison.Ordinal);
        Directory.Move(folder.File("data/test/level"), folder.File("data/test/flat"));
        Cli.Run("evaluate", folder.File("run"), "--data", folder.File("data")).FailsWith("expected one of the classes level, upright, got 'flat'");
        Cli.Run("train", "images", "--data", folder.File("data"), "--out", folder.File("again")).FailsWith("got 'flat'");
        Assert.False(Directory.Exists(folder.File("again")));
    }

    [Fact]
    public void A_folder_that_is_empty_of_one_class_or_damaged_is_refused_before_training()
    {
        Directory.CreateDirectory(folder.File("pictures"));
        Train().FailsWith("at least two classes, got none");
        Draw("pictures", 5);
        string damaged = folder.Write("pictures/level/0.png", Stripes(8, 8, upright: true)[..40]);
        Train().FailsWith(damaged, "at byte 40");
        Directory.Delete(folder.File("pictures/level"), recursive: true);
        Train().FailsWith("at least two classes, got only 'upright'");
        Directory.CreateDirectory(folder.File("pictures/level"));
        Train().FailsWith("expected images of class 'level'");
        Cli.Run("train", "images", "--data", folder.File("nowhere"), "--out", folder.File("run")).FailsWith("nowhere: no such folder");
        Assert.False(Directory.Exists(folder.File("run")));
    }

    private Outcome Train() => Cli.Run("train", "images", "--data", folder.File("pictures"), "--size", "8", "--epochs", "1", "--out", folder.File("run"));

    private void Draw(string name, int count)
    {
        for (int index = 0; index < count; index++)
        {
            folder.Write($"{name}/upright/{index}.png", Stripes(16 + index, 20, upright: true));
            folder.Write($"{name}/level/{index}.png", Stripes(20, 16 + index, upright: false));
        }
    }

    private static byte[] Stripes(int width, int height, bool upright, SKEncodedImageFormat format = SKEncodedImageFormat.Png) =>
        Pictures.Encode(width, height, (x, y) => (upright ? x * 4 / width : y * 4 / height) % 2 == 0 ? SKColors.Black : SKColors.Orange, format);
}
