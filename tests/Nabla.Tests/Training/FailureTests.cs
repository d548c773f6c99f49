using Nabla.Data;
using Nabla.Layers;
using Nabla.Layers.Regularizers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class FailureTests
{
    private static readonly FitOptions Once = new() { Epochs = 1, BatchSize = 4 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_lost_loss_names_the_step_and_the_first_layer_whose_output_is_not_finite(bool compile)
    {
        Nested model = new(key: default);
        Trainer trainer = new(model, new MeanSquaredError(), new Sgd(0.001)) { Compile = compile };
        LambdaCallback spoil = new() { BatchEnd = (_, result) => model.Spoil(result.Step == 2) };
        TrainingException error = Assert.Throws<TrainingException>(
            () => trainer.Fit(Tensor.Ones([12, 2]), Tensor.Ones([12, 1]), Once with { Callbacks = [spoil] }));
        const string Expected = "The loss became NaN in step 3: the first output that is not finite is that of Logarithm 'body.inner';";
        Assert.Contains(Expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(2, trainer.Optimizer.Step);
    }

    [Fact]
    public void Inputs_and_targets_that_are_not_finite_are_told_from_layers()
    {
        Lost("the inputs of this step", Tensor.From(1f, float.NaN, 1, 1), Tensor.Ones([4]));
        Lost("the targets of this step", Tensor.Ones([4]), Tensor.From(1f, 1, float.PositiveInfinity, 1));
        Lost("that of Dense '0'", Tensor.Full([4], 1e30), Tensor.Ones([4]), scale: 1e30);
        Lost("the loss function or a penalty", Tensor.Ones([4]), Tensor.Ones([4]), regularizer: new Infinite());

        static void Lost(string expected, Tensor inputs, Tensor targets, double scale = 1, Regularizer? regularizer = null)
        {
            Sequential model = new([1], 1, new Dense(1));
            model.Parameters[0].Regularizer = regularizer;
            model.Parameters[0].Value *= scale;
            byte[] before = Tiny.Weights(model);
            Trainer trainer = new(model, new MeanSquaredError(), new Sgd());
            string message = Assert.Throws<TrainingException>(() => trainer.Fit(inputs.Reshape(4, 1), targets.Reshape(4, 1), Once)).Message;
            Assert.Contains(expected, message, StringComparison.Ordinal);
            Assert.Equal(before, Tiny.Weights(model));
        }
    }

    [Fact]
    public void Weights_that_were_lost_in_the_last_step_of_an_epoch_are_told_when_it_is_over()
    {
        using TemporaryFolder folder = new();
        Trainer trainer = Tiny.Trainer();
        LambdaCallback spoil = new() { BatchEnd = (_, _) => trainer.Model.Parameters[3].Value = Tensor.Full([Tiny.Classes], double.NaN) };
        FitOptions options = Once with { BatchSize = 26, Callbacks = [spoil], Checkpoints = new(folder.ToString()) };
        string message = Assert.Throws<TrainingException>(() => trainer.Fit(Tiny.Dataset(), null, options)).Message;
        Assert.Contains("After step 1 the parameter '2.bias' has values that are not finite", message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.ToString()));
    }

    [Fact]
    public void A_failed_step_takes_back_what_its_first_batches_changed()
    {
        Sequential model = new([2], 1, new RunningMean(), new Dense(1));
        Tensor inputs = Tensor.From([1f, 2, 3, 4, 5, 6, float.NaN, 8], [4, 2]);
        Trainer trainer = new(model, new MeanSquaredError(), new Sgd());
        byte[] before = Tiny.Weights(model);
        Assert.Throws<TrainingException>(() => trainer.Fit(inputs, Tensor.Ones([4, 1]), Once with { BatchSize = 1, GradientAccumulation = 4 }));
        Assert.Equal(before, Tiny.Weights(model));
    }

    [Fact]
    public void A_parameter_that_no_module_registered_is_an_error()
    {
        Trainer trainer = new(new Outer(), new MeanSquaredError(), new Sgd());
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => trainer.Fit(Tensor.Ones([4, 2]), Tensor.Ones([4, 1]), Once));
        const string Expected = "Forgetful 'part' reads the parameter '0.kernel' of a Sequential that is not part of the model";
        Assert.Contains(Expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_that_the_loss_does_not_depend_on_is_an_error_unless_it_is_frozen()
    {
        Idle model = new();
        Trainer trainer = new(model, new MeanSquaredError(), new Sgd());
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => trainer.Fit(Tensor.Ones([4, 2]), Tensor.Ones([4, 1]), Once));
        Assert.Contains("does not depend on 'idle.kernel', 'idle.bias'", error.Message, StringComparison.Ordinal);
        model.Children["idle"].Freeze();
        trainer.Fit(Tensor.Ones([4, 2]), Tensor.Ones([4, 1]), Once);
        model.Freeze();
        error = Assert.Throws<InvalidOperationException>(() => trainer.Fit(Tensor.Ones([4, 2]), Tensor.Ones([4, 1]), Once));
        Assert.Contains("no trainable parameters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_said_before_the_first_step()
    {
        (Tensor inputs, Tensor labels) = Tiny.Points(6);
        Dataset<Sample> good = Tiny.Dataset();
        Refused("The training dataset has no samples", good.Take(0), good);
        Refused("The validation dataset has no samples", good, good.Take(0));
        Refused("The validation dataset has no samples", good, Dataset.FromEnumerable(Enumerable.Empty<Sample>().Where(_ => true)));
        Refused("The training samples have no targets", Dataset.FromTensors(inputs), good);
        Refused("The validation samples have no targets", good, Dataset.FromTensors(inputs));
        Refused("inputs [2] with targets [], do not fit the model or the loss", Dataset.FromTensors(inputs.Slice(1, 0, 2), labels), good);
        Refused("inputs [3] with targets [3], do not fit the model or the loss", good, Dataset.FromTensors(inputs, inputs));
        FitOptions weighted = new() { ClassWeights = new(new Dictionary<int, double> { [7] = 2 }) };
        Refused("ClassWeights names class 7, but the model answers with 3 classes: 0 to 2", good, good, weighted);
        Refused("no samples to judge", good, good, null, trainer => trainer.Evaluate(good.Take(0)));
        Refused("no samples to answer", good, good, null, trainer => trainer.Predict(good.Take(0)));
        Refused("those of the training samples have shape [3]", Dataset.FromTensors(inputs, labels, inputs), good);

        static void Refused(string expected, Dataset<Sample> train, Dataset<Sample> validation, FitOptions? options = null, Action<Trainer>? action = null)
        {
            bool stepped = false;
            LambdaCallback callback = new() { TrainingStart = (_, _) => stepped = true };
            action ??= trainer => trainer.Fit(train, validation, (options ?? new FitOptions()) with { Callbacks = [callback] });
            ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => action(Tiny.Trainer()));
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            Assert.False(stepped);
        }
    }

    [Fact]
    public void A_weight_that_is_no_weight_is_told()
    {
        (Tensor inputs, Tensor labels) = Tiny.Points(4);
        Dataset<Sample> samples = Dataset.FromTensors(inputs, labels, Tensor.From(1f, 1, -2, 1));
        string message = Assert.Throws<ArgumentException>(() => Tiny.Trainer().Evaluate(samples)).Message;
        Assert.Contains("sample 2 of a batch has -2", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_for_checkpoints_that_cannot_be_written_is_told_before_the_first_step()
    {
        using TemporaryFolder folder = new();
        folder.Write("file", "in the way");
        Trainer trainer = Tiny.Trainer();
        Assert.ThrowsAny<IOException>(() => trainer.Fit(Tiny.Dataset(), null, Once with { Checkpoints = new(folder.File("file/run")) }));
        Assert.Equal(0, trainer.Optimizer.Step);
    }

    [Fact]
    public void Options_are_checked_when_they_are_made()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FitOptions { Epochs = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FitOptions { BatchSize = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FitOptions { GradientAccumulation = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CheckpointPlan("x") { EverySteps = -1 });
        Assert.Throws<ArgumentException>(() => new ClassWeights([1, double.NaN]));
        Assert.Throws<ArgumentException>(() => new ClassWeights(new Dictionary<int, double> { [-1] = 1 }));
    }

    private sealed record Infinite : Regularizer
    {
        public override Tensor Penalty(Tensor value) => (value * 0).Sum() / 0;
    }

    private sealed class Logarithm : Module
    {
        public Logarithm() => Shift = Register("shift", Tensor.Scalar(1000f), trainable: false);

        public Parameter Shift { get; }

        protected override Tensor Compute(Tensor input, ForwardContext context) => (input + Shift.Value).Log();
    }

    private sealed class Body : Module
    {
        public Body(RandomKey key)
        {
            First = Register("first", new Dense(2), [2], key);
            Inner = Register("inner", new Logarithm());
        }

        public Dense First { get; }

        public Logarithm Inner { get; }

        protected override Tensor Compute(Tensor input, ForwardContext context) => Inner.Forward(First.Forward(input, context), context) * 2;
    }

    private sealed class Nested : Module
    {
        private readonly Body body;
        private readonly Dense head;

        public Nested(RandomKey key)
        {
            body = Register("body", new Body(key));
            head = Register("head", new Dense(1), [2], key);
        }

        public void Spoil(bool now) => body.Inner.Shift.Value = Tensor.Scalar(now ? -1000f : 1000f);

        protected override Tensor Compute(Tensor input, ForwardContext context) => head.Forward(body.Forward(input, context), context);
    }

    private sealed class Forgetful : Module
    {
        private readonly Sequential hidden = new([2], 1, new Dense(2));
        private readonly Dense head;

        public Forgetful() => head = Register("head", new Dense(1), [2], default);

        protected override Tensor Compute(Tensor input, ForwardContext context) =>
            head.Forward(hidden.Forward(head.Forward(input, context) + input, context), context);
    }

    private sealed class Outer : Module
    {
        private readonly Forgetful part;

        public Outer() => part = Register("part", new Forgetful());

        protected override Tensor Compute(Tensor input, ForwardContext context) => part.Forward(input, context);
    }

    private sealed class Idle : Module
    {
        private readonly Dense used;

        public Idle()
        {
            used = Register("used", new Dense(1), [2], default);
            Register("idle", new Dense(3), [2], default);
        }

        protected override Tensor Compute(Tensor input, ForwardContext context) => used.Forward(input, context);
    }
}
