using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class AddedLossTests
{
    private static readonly Tensor Input = RandomKey.FromSeed(1).Normal([6, 3]);
    private static readonly Tensor Targets = RandomKey.FromSeed(2).Normal([6, 1]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_module_adds_is_made_small_with_the_loss(bool compile)
    {
        Penalised module = new();
        Sequential plain = new([3], 1, new Dense(1));
        double added = plain.Forward(Input).Square().Mean().ToDouble();
        double loss = (plain.Forward(Input) - Targets).Square().Mean().ToDouble();
        History history = new Trainer(module, new MeanSquaredError(), new Sgd(0.1)) { Compile = compile }.Fit(Input, Targets, new FitOptions { Epochs = 1, BatchSize = 6 });
        Assert.Equal(loss + (3 * added), history.Epochs[0].Train.Loss, 1e-5);
        float[] kernel = module.State()["inner.0.kernel"].ToArray<float>();
        float[] expected = Step(plain);
        Assert.All(kernel.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
    }

    [Fact]
    public void Only_training_has_a_loss_to_add_to() =>
        Assert.Contains("does not train", Assert.Throws<InvalidOperationException>(() => ForwardContext.Inference.AddLoss(Input)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_added_is_a_loss_for_each_sample()
    {
        Penalised module = new() { Sums = true };
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => new Trainer(module, new MeanSquaredError(), new Sgd(0.1)).Fit(Input, Targets));
        Assert.Contains("must give a loss for each sample", error.Message, StringComparison.Ordinal);
    }

    // One step of gradient descent by hand: d/dw of mean((xw + b - t)^2 + 3 (xw + b)^2) at b = 0.
    private static float[] Step(Sequential network)
    {
        Tensor answers = network.Forward(Input);
        Tensor slope = ((answers - Targets) * 2) + (answers * 6);
        return (network.State()["0.kernel"] - (Input.Transpose().MatMul(slope) * (0.1 / 6))).ToArray<float>();
    }

    private sealed class Penalised : Module
    {
        private readonly Sequential inner;

        public Penalised() => inner = Register("inner", new Sequential([3], 1, new Dense(1)));

        public bool Sums { get; init; }

        protected override Tensor Compute(Tensor input, ForwardContext context)
        {
            Tensor answers = inner.Forward(input, context);
            if (context.Training)
            {
                Tensor squares = answers.Square().Reshape(-1) * 3;
                context.AddLoss(Sums ? squares.Sum() : squares);
            }

            return answers;
        }
    }
}
