using System.Buffers.Binary;
using System.IO.Compression;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Unknown_words_list_what_exists()
    {
        Cli.Run("train", "digits", "--epoch", "3").FailsWith("'--epoch' is no option of 'nabla train digits'", "--epochs", "--batch", "--resume");
        Cli.Run("train", "flowers").FailsWith("'flowers'", "digits, fashion, csv, images");
        Cli.Run("trian").FailsWith("'trian'", "train, evaluate, predict, generate, inspect");
        Cli.Run("train").FailsWith("digits, fashion, csv, images");
        Cli.Run("train", "csv", "--optimizer", "best").FailsWith("not 'best'", "adam", "lion");
        Cli.Run("train", "csv", "--epochs", "0").FailsWith("--epochs", "1 or more", "'0'");
        Cli.Run("train", "images", "--size", "5000").FailsWith("--size", "1 to 1024");
        Cli.Run("train", "csv", "--lr", "-1").FailsWith("--lr", "above 0");
        Cli.Run("train", "csv", "--hidden", "3,x").FailsWith("--hidden", "'3,x'");
        Cli.Run("train", "csv", "--seed", "x").FailsWith("--seed", "'x'");
        Cli.Run("evaluate", "model").FailsWith("--data");
    }

    [Fact]
    public void Help_explains_each_command()
    {
        Assert.Contains("train", Cli.Run("--help").Succeeds().Output, StringComparison.Ordinal);
        foreach (string recipe in new[] { "digits", "fashion", "csv", "images" })
        {
            string help = Cli.Run("train", recipe, "--help").Succeeds().Output;
            Assert.All(
                "--data --epochs --batch --lr --optimizer --seed --threads --eager --resume --out --json --limit --patience".Split(' '),
                option => Assert.Contains(option, help, StringComparison.Ordinal));
            Assert.Equal(recipe == "csv", help.Contains("--target", StringComparison.Ordinal));
        }

        Assert.All(
            ["evaluate", "predict", "export"],
            command => Assert.Contains("MODEL", Cli.Run(command, "--help").Succeeds().Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a,b\n1,2\n3\n", "a", "t.csv: expected 2 fields as in the header, got 1 at line 3")]
    [InlineData("a,b\n1,\"2\n", "a", "at line 2")]
    [InlineData("a,b\n1,2\n", "c", "there is no column 'c' for --target, only a, b.")]
    [InlineData("a,b\n", "a", "expected at least 10 to learn from, validate with and test on, got 0")]
    [InlineData("", "a", "expected a header row, got an empty file at line 1")]
    [InlineData("a,b\n1,x\n2,x\n3,x\n4,x\n5,x\n6,x\n7,x\n8,x\n9,x\n10,x\n", "b", "at least two different values of the target 'b', got only 'x'")]
    [InlineData("a,b\n1,x\n2,\n3,y\n4,NA\n5,x\n6,x\n7,x\n8,x\n9,x\n10,x\n", "b", "got 2 of 10 rows without one (lines 3, 5)")]
    [InlineData("b\nx\ny\nx\ny\nx\ny\nx\ny\nx\ny\n", "b", "expected a column besides the target 'b'")]
    public void A_wrong_table_is_refused_before_training(string text, string target, string expected)
    {
        string data = folder.Write("t.csv", text);
        Cli.Run("train", "csv", "--data", data, "--target", target, "--out", folder.File("run")).FailsWith(data, expected);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void What_is_missing_is_asked_for()
    {
        Cli.Run("train", "csv", "--out", folder.File("run")).FailsWith("--data");
        Cli.Run("train", "csv", "--data", Repository.PathOf("docs/data/iris.csv"), "--out", folder.File("run"))
            .FailsWith("--target", "sepal_length, sepal_width, petal_length, petal_width, species");
        Cli.Run("train", "csv", "--data", folder.File("no.csv"), "--target", "a", "--out", folder.File("run")).FailsWith("no.csv: no such file");
        Cli.Run("train", "csv", "--data", folder.ToString(), "--target", "a", "--out", folder.File("run"))
            .FailsWith($"{folder}: expected a file, got a folder");
        Cli.Run("train", "images", "--out", folder.File("run")).FailsWith("--data");
        Cli.Run("inspect", folder.File("nowhere")).FailsWith("nowhere: no such file or folder");
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_refused_before_training()
    {
        string file = folder.Write("file", "x");
        string[] train = ["train", "csv", "--data", Repository.PathOf("docs/data/iris.csv"), "--target", "species", "--epochs", "1", "--out"];
        Cli.Run([.. train, Path.Combine(file, "run")]).FailsWith($"--out {file}", "cannot be written");
        Cli.Run([.. train, file]).FailsWith($"--out {file}", "cannot be written");
        folder.Write("home/thesis.txt", "years of work");
        Cli.Run([.. train, folder.File("home")]).FailsWith("'thesis.txt'", "empty folder or a new one");
    }

    [Fact]
    public void A_truncated_or_changed_idx_file_names_the_byte()
    {
        byte[] images = new byte[16 + (4 * 28 * 28)];
        BinaryPrimitives.WriteInt32BigEndian(images, 0x803);
        BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(4), 4);
        BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(8), 28);
        BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(12), 28);
        byte[] labels = [0, 0, 8, 1, 0, 0, 0, 4, 1, 2, 3, 4];
        foreach (string part in new[] { "train", "t10k" })
        {
            folder.Write($"data/{part}-images-idx3-ubyte", images);
            folder.Write($"data/{part}-labels-idx1-ubyte", labels);
        }

        string path = folder.Write("data/train-images-idx3-ubyte", images[..1000]);
        Digits().FailsWith(path, "at byte 1000");
        folder.Write("data/train-images-idx3-ubyte", images);
        path = folder.Write("data/t10k-labels-idx1-ubyte", [.. labels[..^1], 77]);
        Digits().FailsWith(path, "expected labels from 0 to 9, got 77 at byte 11");
        path = folder.Write("data/t10k-labels-idx1-ubyte", [0, 1, 2, 3]);
        Digits().FailsWith(path, "got 00010203 at byte 0");
        path = folder.Write("data/t10k-labels-idx1-ubyte", Pack(labels)[..^6]);
        Digits().FailsWith(path);
        File.Delete(path);
        Digits().FailsWith("t10k-labels-idx1-ubyte", "no such file");
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void A_damaged_model_names_the_file()
    {
        Sequential network = new([4], seed: 1, new Dense(2, ActivationKind.Softmax));
        ModelFolder.Save(folder.File("model"), new SavedModel("small", network));
        ModelFolder.Save(folder.File("model.nabla"), new SavedModel("small", network));
        Cli.Run("inspect", folder.File("model")).Succeeds();
        string weights = folder.File("model/weights.safetensors");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^3]);
        Cli.Run("inspect", folder.File("model")).FailsWith(weights, "at byte");
        File.WriteAllText(folder.File("model/model.json"), "{\n\"schema\": 2,\n\"nam: 1}");
        Cli.Run("inspect", folder.File("model")).FailsWith("model.json", "at line 3");
        File.WriteAllBytes(folder.File("model.nabla"), File.ReadAllBytes(folder.File("model.nabla"))[..200]);
        Cli.Run("inspect", folder.File("model.nabla")).FailsWith("model.nabla: expected a model as a zip file");
    }

    [Fact]
    public void One_bad_file_does_not_keep_the_others_from_being_answered()
    {
        Sequential network = new([28, 28, 1], seed: 1, new Flatten(), new Dense(10, ActivationKind.Softmax));
        ModelFolder.Save(folder.File("model"), new SavedModel("small", network));
        byte[] seven = File.ReadAllBytes(Repository.PathOf("docs/images/seven.png"));
        string cut = folder.Write("cut.png", seven[..100]);
        Outcome outcome = Cli.Run("predict", folder.File("model"), cut, Repository.PathOf("docs/images/seven.png"), folder.File("no.png"));
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("seven.png: ", Assert.Single(outcome.Lines), StringComparison.Ordinal);
        string[] errors = outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, errors.Length);
        Assert.Equal($"nabla: {cut}: expected the rest of a PNG picture, got the end of the file at byte 100", errors[0]);
    }

    private Outcome Digits() => Cli.Run("train", "digits", "--data", folder.File("data"), "--epochs", "1", "--out", folder.File("run"));

    private static byte[] Pack(byte[] content)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionMode.Compress))
        {
            stream.Write(content);
        }

        return packed.ToArray();
    }
}
