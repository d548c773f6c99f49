using Nabla.Formats;
using Nabla.Layers;
using Nabla.Serving.Batching;
using Nabla.Serving.Models;
using Nabla.Serving.Tensors;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Batching;

public sealed class BatchSizesTests
{
    [Fact]
    public void Sizes_are_the_powers_of_two_up_to_the_largest()
    {
        Assert.Equal([1, 2, 4, 8, 16, 32, 64], BatchSizes.UpTo(64));
        Assert.Equal([1, 2, 4, 8], BatchSizes.UpTo(15));
        Assert.Equal([1], BatchSizes.UpTo(1));
    }

    // Three times three pixels are four tiles: too few for Winograd's algorithm alone, enough in a batch.
    [Fact]
    public void Sizes_whose_kernels_sum_in_another_order_are_left_out()
    {
        Sequential network = new([4, 4, 32], 1, new Conv2D(32, 3, ActivationKind.Relu), new Flatten(), new Dense(3));
        NetworkModel model = new(new SavedModel("tiles", network) { Task = Data.PredictionTask.Regression });
        IModelRunner runner = model.CreateRunner();
        IReadOnlyList<int> sizes = BatchSizes.Find(model, runner, 64);
        Assert.Equal(64, sizes[^1]);
        Assert.True(sizes.Count < 7, string.Join(' ', sizes));
    }

    [Fact]
    public void A_model_whose_rows_have_an_influence_on_each_other_is_not_batched()
    {
        MixingModel model = new();
        Assert.Empty(BatchSizes.Find(model, model.CreateRunner(), 16));
    }

    [Theory]
    [InlineData("digits")]
    [InlineData("flowers")]
    [InlineData("reviews")]
    public void Each_row_has_the_same_bits_alone_and_in_any_batch(string name)
    {
        NetworkModel model = new(name switch { "digits" => TestModels.Digits(), "flowers" => TestModels.Flowers(), _ => TestModels.Reviews() });
        IModelRunner runner = model.CreateRunner();
        IReadOnlyList<int> sizes = BatchSizes.Find(model, runner, 16);
        BatchComputation computation = new(model, runner, sizes);
        PendingRequest[] requests = [.. new[] { 1, 5, 1, 2, 16, 1, 37 }.Select((rows, seed) => Request(model, rows, seed))];
        (int[] Shape, byte[] Data)[][] together = computation.Run(requests);
        for (int index = 0; index < requests.Length; index++)
        {
            int rows = requests[index].Rows;
            (int[] shape, byte[] data) = Assert.Single(together[index]);
            Assert.Equal([rows, .. model.Outputs[0].Dimensions.Skip(1)], shape);
            int row = data.Length / rows;
            for (int each = 0; each < rows; each++)
            {
                byte[] alone = computation.Run([RowOf(requests[index], each)])[0][0].Data;
                Assert.Equal(alone, data.AsSpan(each * row, row).ToArray());
            }
        }
    }

    private static PendingRequest Request(NetworkModel model, int rows, int seed)
    {
        Tensor input = ProbeInputs.Create(model.Inputs[0], rows, seed);
        return new PendingRequest { Inputs = [input.AsBytes().ToArray()], Shapes = [input.Shape.ToArray()], Rows = rows, Priority = 5 };
    }

    private static PendingRequest RowOf(PendingRequest request, int row)
    {
        int size = request.Inputs[0].Length / request.Rows;
        return new PendingRequest { Inputs = [request.Inputs[0].Slice(row * size, size)], Shapes = [[1, .. request.Shapes[0][1..]]], Rows = 1, Priority = 5 };
    }

    /// <summary>Adds the first row to all others.</summary>
    private sealed class MixingModel : IServedModel, IModelRunner
    {
        public string Platform => "mixing";

        public IReadOnlyList<TensorSpec> Inputs { get; } = [new("x", DataType.Float32, [-1, 2])];

        public IReadOnlyList<TensorSpec> Outputs { get; } = [new("y", DataType.Float32, [-1, 2])];

        public bool Batches => true;

        public long WeightBytes => 0;

        public SavedModel? Saved => null;

        public long ArenaBytes => 0;

        public IModelRunner CreateRunner() => this;

        public Tensor[] Run(params ReadOnlySpan<Tensor> inputs) => [inputs[0] + inputs[0][0]];
    }
}
