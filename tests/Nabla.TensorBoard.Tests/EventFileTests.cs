using Nabla.Formats;
using Nabla.Metrics;
using Nabla.Tests;
using Nabla.Vision;

namespace Nabla.TensorBoard.Tests;

public sealed class EventFileTests
{
    private static readonly string TorchSharp = Path.Combine(AppContext.BaseDirectory, "Files", "torchsharp.tfevents");

    [Fact]
    public void A_file_of_another_program_is_read()
    {
        EventFile file = EventFile.Load(TorchSharp);
        Assert.True(file.IsWhole);
        Assert.Equal(
            [(0L, 1f), (1L, 1 / 2f), (2L, 1 / 3f), (3L, 1 / 4f), (4L, 1 / 5f)],
            file.Events.Where(logged => logged.Tag == "loss").Select(logged => (logged.Step, (float)((LoggedScalar)logged.Value).Value)));
        Assert.Equal("a **bold** word", Values<LoggedText>(file).Single().Markdown);
        LoggedHistogram histogram = Values<LoggedHistogram>(file).Single();
        Assert.Equal(6, histogram.Buckets.Sum(bucket => bucket.Count));
        Assert.Equal(2, histogram.Buckets.Single(bucket => bucket.Left <= 0.25 && 0.25 < bucket.Right).Count);
    }

    [Fact]
    public void Numbers_are_written_in_the_bytes_that_another_program_writes()
    {
        DateTimeOffset time = EventFile.Load(TorchSharp).Events[0].Time;
        using TemporaryFolder folder = new();
        using (EventWriter writer = new(folder.File("run"), new FixedClock(time)))
        {
            for (int step = 0; step < 5; step++)
            {
                writer.Scalar("loss", 1f / (step + 1), step);
            }
        }

        // The first record, which names the version, was written a moment earlier.
        const int Start = 8 + 4 + 24 + 4;
        byte[] written = File.ReadAllBytes(Directory.GetFiles(folder.File("run")).Single());
        Assert.Equal(File.ReadAllBytes(TorchSharp)[Start..written.Length], written[Start..]);
    }

    [Fact]
    public void All_kinds_come_back_as_they_were_written()
    {
        using TemporaryFolder folder = new();
        Tensor image = Tensor.From(Enumerable.Range(0, 18).Select(index => index / 17f).ToArray(), [2, 3, 3]);
        ConfusionMatrix confusion = new();
        confusion.Update(Tensor.From(new float[,] { { 0.9f, 0.1f }, { 0.2f, 0.8f }, { 0.7f, 0.3f } }), Tensor.From(0, 1, 1));
        string path;
        using (EventWriter writer = new(folder.ToString()))
        {
            path = writer.Path;
            writer.Scalar("a/b", 0.5, 7);
            writer.Histogram("values", Tensor.From(-2f, 0f, 1f, 1f, float.NaN), 8);
            writer.Image("picture", image, 9);
            writer.Text("notes", "# title", 10);
            writer.Confusion("confusion", confusion, ["cat", "a|b"], 11);
            writer.Hyperparameters(new Dictionary<string, object> { ["rate"] = 0.5, ["name"] = "adam", ["eager"] = false, ["batch"] = 64 }, "validation/epoch_loss");
            writer.EndHyperparameters();
        }

        EventFile file = EventFile.Load(path);
        Assert.Equal(("a/b", 7L, new LoggedScalar(0.5)), (file.Events[0].Tag, file.Events[0].Step, file.Events[0].Value));
        LoggedHistogram histogram = Values<LoggedHistogram>(file).Single();
        Assert.Equal([(-2d, 1d), (0d, 1d), (1d, 2d)], histogram.Buckets.Where(bucket => bucket.Count > 0).Select(bucket => (Nearest(bucket), bucket.Count)));
        LoggedImage picture = Values<LoggedImage>(file).First();
        Assert.Equal((2, 3), (picture.Height, picture.Width));
        Assert.Equal(
            image.ToArray<float>().Select(value => (int)MathF.Round(value * 255)),
            ImageReader.Decode(picture.Content.ToArray(), "picture", new() { Height = 2, Width = 3, Channels = 3, Divisor = 1 }).ToArray<float>().Select(value => (int)value));
        Assert.Equal("# title", Values<LoggedText>(file).First().Markdown);
        Assert.Equal(
            "| true \\ answered | cat | a\\|b |\n|---|---:|---:|\n| cat | 1 | 0 |\n| a\\|b | 1 | 1 |\n",
            Values<LoggedText>(file).Last().Markdown);
        Assert.Equal(
            new Dictionary<string, string> { ["batch"] = "64", ["eager"] = "false", ["name"] = "adam", ["rate"] = "0.5" },
            Values<LoggedHyperparameters>(file).Single().Values);
    }

    [Fact]
    public void A_graph_has_a_node_for_each_op_argument_and_parameter()
    {
        using TemporaryFolder folder = new();
        Tensor weights = Tensor.Ones([3, 2]);
        Graphs.Graph graph = Transforms.Compilation.Trace(inputs => [inputs[0].MatMul(weights).Relu()], new TensorType(DataType.Float32, [4, 3]));
        string path;
        using (EventWriter writer = new(folder.ToString()))
        {
            path = writer.Path;
            writer.Graph(graph);
        }

        string[] ops = [.. Values<LoggedGraph>(EventFile.Load(path)).Single().Nodes.Select(node => node.Op)];
        Assert.Equal("Placeholder", ops[0]);
        Assert.Equal(1, ops.Count(op => op == "Const"));
        Assert.Equal(1, ops.Count(op => op == "MatMul"));
        Assert.Equal("Identity", ops[^1]);
    }

    [Fact]
    public void What_is_no_event_file_names_the_byte()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("a.tfevents", "this is a text and no record at all");
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => EventFile.Load(path));
        Assert.Equal(0, error.Position.ByteOffset);
        Assert.Contains("checksum", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_that_are_none_are_refused()
    {
        using TemporaryFolder folder = new();
        using EventWriter writer = new(folder.ToString());
        Assert.Contains("[4]", Assert.Throws<ArgumentException>(() => writer.Image("a", Tensor.Ones([4]), 1)).Message, StringComparison.Ordinal);
        Assert.Contains("3 other bytes", Assert.Throws<ArgumentException>(() => writer.Image("a", new byte[3], 1)).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<T> Values<T>(EventFile file) => file.Events.Select(logged => logged.Value).OfType<T>();

    // The number of the test that a bucket holds.
    private static double Nearest((double Left, double Right, double Count) bucket) =>
        new[] { -2d, 0, 1 }.Single(value => bucket.Left <= value && (value < bucket.Right || value == bucket.Right));
}
