using Nabla.Layers;
using Nabla.Layers.Regularizers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class CompiledTrainingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Compiled_and_eager_training_end_with_the_same_weights_bit_for_bit(int accumulation)
    {
        (byte[] weights, string history) compiled = Train(compile: true, accumulation);
        (byte[] weights, string history) eager = Train(compile: false, accumulation);
        Assert.Equal(eager.weights, compiled.weights);
        Assert.Equal(eager.history, compiled.history);
    }

    [Fact]
    public void Values_that_no_gradient_changes_are_updated_in_compiled_steps_too()
    {
        double[][] means = [.. new[] { true, false }.Select(compile =>
        {
            Counting model = new();
            new Trainer(model, new MeanSquaredError(), new Sgd(0.1)) { Compile = compile }.Fit(Tiny.Points().Inputs, Tensor.Zeros([26, 1]), new FitOptions { Epochs = 2, BatchSize = 8 });
            return model.Means.ToArray<float>().Select(mean => (double)mean).ToArray();
        })];
        Assert.NotEqual(0, means[0][0]);
        Assert.Equal(means[1], means[0]);
    }

    [Fact]
    public void A_model_that_reads_values_says_how_to_train_it()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => new Trainer(new Reading(), new MeanSquaredError(), new Sgd(0.1)).Fit(Tiny.Points().Inputs, Tensor.Zeros([26, 1])));
        Assert.Contains("Compile = false", error.Message, StringComparison.Ordinal);
        new Trainer(new Reading(), new MeanSquaredError(), new Sgd(0.1)) { Compile = false }.Fit(Tiny.Points().Inputs, Tensor.Zeros([26, 1]), new FitOptions { Epochs = 1 });
    }

    private static (byte[] Weights, string History) Train(bool compile, int accumulation)
    {
        Sequential model = Tiny.Network(dropout: 0.3);
        model.Parameters[0].Regularizer = new L2(0.01);
        Trainer trainer = new(model, new SparseCategoricalCrossEntropy(), new Adam(0.02)) { Compile = compile };
        History history = trainer.Fit(Tiny.Dataset(), Tiny.Dataset(11, seed: 9), new FitOptions { Epochs = 3, BatchSize = 8, GradientAccumulation = accumulation });
        return (Tiny.Weights(model), string.Join('\n', history.Epochs.Select(epoch => $"{epoch.Train.Loss:R} {epoch.Validation!.Loss:R}")));
    }

    /// <summary>Keeps a running mean of its inputs.</summary>
    private sealed class Counting : Module
    {
        private readonly Dense head;
        private readonly Parameter means;

        public Counting()
        {
            head = Register("head", new Dense(1), [Tiny.Features], RandomKey.FromSeed(1));
            means = Register("means", Tensor.Zeros([Tiny.Features]), trainable: false);
        }

        public Tensor Means => means.Value;

        protected override Tensor Compute(Tensor input, ForwardContext context)
        {
            if (context.Training)
            {
                context.Update(means, (means.Value * 0.9) + (input.Mean([0]) * 0.1));
            }

            return head.Forward(input - means.Value, context);
        }
    }

    /// <summary>Looks at a value on its way.</summary>
    private sealed class Reading : Module
    {
        private readonly Dense head;

        public Reading() => head = Register("head", new Dense(1), [Tiny.Features], RandomKey.FromSeed(1));

        protected override Tensor Compute(Tensor input, ForwardContext context)
        {
            Tensor output = head.Forward(input, context);
            return output.Sum().ToDouble() > 0 ? output : output * 2;
        }
    }
}
