using System.Net;
using System.Text.Json;
using Nabla.Formats;
using Nabla.Serving.Models;
using Nabla.Serving.Tensors;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Protocol;

/// <summary>Outputs that have no rows, or none at all, in the answers of TensorFlow Serving's API, which go row by row.</summary>
public sealed class RowAnswerTests
{
    private const string Instances = """{"instances": [[1], [2]]}""";
    private const string Examples = """{"examples": [{"x": [1]}]}""";

    [Theory]
    [InlineData("2,3 ", "'y0' [2, 3], 'y1' []")]
    [InlineData(" 2,3", "'y0' [], 'y1' [2, 3]")]
    [InlineData("2,3 4,3", "'y0' [2, 3], 'y1' [4, 3]")]
    public async Task Several_outputs_that_are_no_rows_of_one_batch_are_told_together_or_not_at_all(string shapes, string named)
    {
        await using ServingHost host = await Start(shapes);
        (HttpStatusCode status, string text) = await host.Post("/v1/models/shapes:predict", Instances);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains($"{named}, which are no rows of one batch: ask with 'inputs'", text, StringComparison.Ordinal);
        JsonElement columns = await host.PostJson("/v1/models/shapes:predict", """{"inputs": [[1], [2]]}""");
        Assert.Equal(["y0", "y1"], columns.GetProperty("outputs").EnumerateObject().Select(output => output.Name));
    }

    [Fact]
    public async Task Several_outputs_without_rows_are_an_empty_answer()
    {
        await using ServingHost host = await Start("0,3 0,2");
        Assert.Equal(0, (await host.PostJson("/v1/models/shapes:predict", Instances)).GetProperty("predictions").GetArrayLength());
    }

    [Fact]
    public async Task Classes_of_an_output_without_rows_are_an_empty_answer()
    {
        await using ServingHost host = await Start("0,3");
        Assert.Equal(0, (await host.PostJson("/v1/models/shapes:classify", Examples)).GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task One_number_for_all_examples_is_refused_as_classes_and_as_numbers()
    {
        await using ServingHost host = await Start("");
        foreach (string method in new[] { "classify", "regress" })
        {
            (HttpStatusCode status, string text) = await host.Post($"/v1/models/shapes:{method}", Examples);
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains("answers with FP32 []", text, StringComparison.Ordinal);
        }
    }

    // Outputs are parted by spaces, their sizes by commas.
    private static Task<ServingHost> Start(string shapes)
    {
        int[][] sizes = [.. shapes.Split(' ').Select(shape => shape.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray())];
        return ServingHost.Start(new ServingOptions(), new Dictionary<string, IServedModel> { ["shapes"] = new ShapesModel(sizes) });
    }

    /// <summary>Answers zeros of shapes of its own, whatever it is asked.</summary>
    private sealed class ShapesModel(int[][] shapes) : IServedModel, IModelRunner
    {
        public string Platform => "shapes";

        public IReadOnlyList<TensorSpec> Inputs { get; } = [new("x", DataType.Float32, [-1, 1])];

        public IReadOnlyList<TensorSpec> Outputs { get; } = [.. shapes.Select((shape, index) => new TensorSpec($"y{index}", DataType.Float32, [.. shape.Select((size, axis) => axis == 0 ? -1 : size)]))];

        public bool Batches => false;

        public long WeightBytes => 0;

        public SavedModel? Saved => null;

        public long ArenaBytes => 0;

        public IModelRunner CreateRunner() => this;

        public Tensor[] Run(params ReadOnlySpan<Tensor> inputs) => [.. shapes.Select(shape => Tensor.Zeros(shape))];
    }
}
