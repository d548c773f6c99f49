using Nabla.Data;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Vision.Tests;

public sealed class ImageFolderTests : IDisposable
{
    private static readonly ImagePreprocessing Small = new() { Height = 2, Width = 2, Channels = 1 };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Classes_and_files_come_in_ordinal_order()
    {
        string[] images = ["rose/b.jpg", "rose/B.PNG", "Daisy/2.jpeg", "Daisy/10.webp", "Daisy/more/1.gif"];
        string[] others = ["rose/notes.txt", "rose/.hidden.png", ".git/x.png", "read.png"];
        foreach (string name in images.Concat(others))
        {
            folder.Write(name, "");
        }

        ImageFolder opened = ImageFolder.Open(folder.ToString());
        Assert.Equal(["Daisy", "rose"], opened.Classes);
        Assert.Equal(
            [("Daisy/10.webp", 0), ("Daisy/2.jpeg", 0), ("Daisy/more/1.gif", 0), ("rose/B.PNG", 1), ("rose/b.jpg", 1)],
            opened.Files.Select(file => (Path.GetRelativePath(folder.ToString(), file.Path), file.Label)));
    }

    [Fact]
    public void Images_are_decoded_when_they_are_read()
    {
        folder.Write("a/1.png", "");
        folder.Write("b/1.png", "");
        folder.Write("b/2.png", "");
        int decoded = 0;
        Dataset<Sample> samples = ImageFolder.Open(folder.ToString()).ToDataset(path =>
        {
            decoded++;
            return Tensor.From<byte>([(byte)path[^5]], [1, 1, 1]);
        });
        Assert.Equal(0, decoded);
        Batch batch = Assert.Single(samples.Batch(8).Epoch(0));
        Assert.Equal(3, decoded);
        Assert.Equal([3, 1, 1, 1], batch.Input.Shape);
        Assert.Equal("112"u8.ToArray(), batch.Input.ToArray<byte>());
        Assert.Equal([0, 1, 1], batch.Targets!.ToArray<int>());
    }

    [Fact]
    public void Loaded_images_are_resized_and_labelled()
    {
        folder.Write("dark/1.png", Pictures.Encode(2, 2, (_, _) => SkiaSharp.SKColors.Black));
        folder.Write("light/1.png", Pictures.Encode(8, 3, (_, _) => SkiaSharp.SKColors.White));
        Batch batch = Assert.Single(ImageFolder.Open(folder.ToString()).Load(Small, TestContext.Current.CancellationToken).Batch(4).Epoch(0));
        Assert.Equal([2, 2, 2, 1], batch.Input.Shape);
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], batch.Input.ToArray<float>());
        Assert.Equal([0, 1], batch.Targets!.ToArray<int>());
    }

    [Fact]
    public void The_first_damaged_image_is_named()
    {
        byte[] good = Pictures.Encode(2, 2, (_, _) => SkiaSharp.SKColors.Black);
        folder.Write("a/1.png", good);
        string first = folder.Write("a/2.png", good[..50]);
        folder.Write("b/1.png", "no picture");
        ImageFolder images = ImageFolder.Open(folder.ToString());
        string message = Assert.Throws<InvalidFileException>(() => images.Load(Small, TestContext.Current.CancellationToken)).Message;
        Assert.StartsWith(first, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_empty_or_of_one_class_is_refused()
    {
        Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Open(folder.File("no")));
        Assert.EndsWith("at least two classes, got none", Refused(), StringComparison.Ordinal);
        folder.Write("rose/1.png", "");
        Assert.EndsWith("at least two classes, got only 'rose'", Refused(), StringComparison.Ordinal);
        Directory.CreateDirectory(folder.File("tulip"));
        Assert.EndsWith("expected images of class 'tulip' (.png, .jpg, .jpeg, .bmp, .gif, .webp), got none", Refused(), StringComparison.Ordinal);
    }

    private string Refused() => Assert.Throws<InvalidFileException>(() => ImageFolder.Open(folder.ToString())).Message;
}
