using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Optimizers;
using Nabla.Schedules;
using Nabla.Transforms;

namespace Nabla.Tests.Optimizers;

/// <summary>What all optimizers have in common: clipping, schedules, state, checks, compiled steps.</summary>
public sealed class OptimizerOptionsTests
{
    [Fact]
    public void Gradients_are_clipped_by_value_by_norm_and_by_the_norm_of_all()
    {
        double[] first = [3, -4];
        double[] second = [12];
        Assert.Equal([-1, 1, -1], Steps(new Sgd(1) { ClipValue = 1 }, first, second));
        Assert.Equal([-0.6, 0.8, -1], Steps(new Sgd(1) { ClipNorm = 1 }, first, second), Close);
        Assert.Equal([-3 / 13.0, 4 / 13.0, -12 / 13.0], Steps(new Sgd(1) { ClipGlobalNorm = 1 }, first, second), Close);
        Assert.Equal([-3, 4, -12], Steps(new Sgd(1) { ClipValue = 12, ClipNorm = 12, ClipGlobalNorm = 13 }, first, second));
        Assert.Equal([0, 0, 0], Steps(new Sgd(1) { ClipNorm = 1, ClipGlobalNorm = 1 }, [0, 0], [0]));
    }

    [Fact]
    public void A_schedule_sets_the_rate_of_each_step()
    {
        Sgd optimizer = new() { Schedule = new PiecewiseConstant([1, 2], [0.5, 0.25, 0]) };
        Parameter parameter = new("x", Tensor.From(1.0));
        double[] path = [.. Enumerable.Range(0, 3).Select(_ =>
        {
            optimizer.Apply([KeyValuePair.Create("x", parameter)], [Tensor.From(1.0)]);
            return parameter.Value.Item<double>();
        })];
        Assert.Equal([0.5, 0.25, 0.25], path);
        Assert.Equal(0, optimizer.LearningRate);
    }

    [Fact]
    public void A_run_that_goes_on_takes_the_steps_of_one_that_ran_through()
    {
        Func<Optimizer>[] kinds = [() => new Nadam(0.1), () => new Adam(0.1, amsGrad: true), () => new RmsProp(0.1, momentum: 0.5, centered: true)];
        foreach (Func<Optimizer> create in kinds)
        {
            (Parameter through, Parameter stopped) = (new("x", Tensor.From(1f, 2f)), new("x", Tensor.From(1f, 2f)));
            Optimizer whole = Run(create(), through, 6);
            Optimizer before = Run(create(), stopped, 4);
            Optimizer after = create();
            after.Restore(before.Step, before.State);
            Run(after, stopped, 2);
            Assert.Equal(through.Value.ToArray<float>(), stopped.Value.ToArray<float>());
            Assert.Equal(whole.State.Keys, after.State.Keys);
            Assert.All(whole.State.Keys, key => Assert.StartsWith("x/", key, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_gradient_that_does_not_fit_changes_nothing()
    {
        Adam optimizer = new(0.1);
        KeyValuePair<string, Parameter>[] parameters = Named(Tensor.From(1f, 2f), Tensor.From(3f));
        ArgumentException error = Assert.Throws<ArgumentException>(() => optimizer.Apply(parameters, [Tensor.From(1f, 1f), Tensor.From(1f, 1f)]));
        Assert.StartsWith("The gradient of 'b' must be float32[1] but is float32[2].", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => optimizer.Apply(parameters, [Tensor.From(1f, 1f)]));
        Assert.Throws<ArgumentException>(() => optimizer.Apply(parameters, [Tensor.From(1f, 1f), Tensor.From(1.0)]));
        Assert.Throws<ArgumentException>(() => optimizer.Apply(parameters, [Tensor.From(1f, 1f), null!]));
        Assert.Equal([1f, 2f], parameters[0].Value.Value.ToArray<float>());
        Assert.Equal(0, optimizer.Step);
        Assert.Empty(optimizer.State);
    }

    [Fact]
    public void A_step_that_fails_on_the_way_leaves_all_parameters()
    {
        KeyValuePair<string, Parameter>[] parameters = Named(Tensor.From(1f), Tensor.From(3f, 4f));
        Sgd optimizer = new(0.1, 0.9);
        optimizer.Restore(3, [KeyValuePair.Create("b/velocity", Tensor.From(1f, 2f, 3f))]);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => optimizer.Apply(parameters, [Tensor.From(1f), Tensor.From(1f, 1f)]));
        Assert.Equal("The optimizer remembers 'b/velocity' as float32[3], but the parameter is float32[2]: its state is of another model.", error.Message);
        Assert.Equal(1f, parameters[0].Value.Value.Item<float>());
    }

    [Fact]
    public void Options_out_of_range_are_refused_with_the_range()
    {
        Refused("learningRate must be 0 or more but is -0.1.", () => new Sgd(-0.1));
        Refused("learningRate must be 0 or more but is NaN.", () => new Adam().LearningRate = double.NaN);
        Refused("momentum must be from 0 up to, not including, 1 but is 1.", () => new Sgd(momentum: 1));
        Refused("beta1 must be from 0 up to, not including, 1 but is -0.5.", () => new Adam(beta1: -0.5));
        Refused("beta2 must be from 0 up to, not including, 1 but is 1.", () => new AdamW(beta2: 1));
        Refused("beta2 must be from 0 up to, not including, 1 but is 2.", () => new Lion(beta2: 2));
        Refused("epsilon must be 0 or more but is -1.", () => new RmsProp(epsilon: -1));
        Refused("WeightDecay must be 0 or more but is -1.", () => new Lion(weightDecay: -1));
        Refused("ClipGlobalNorm must be above 0 but is 0.", () => new Sgd { ClipGlobalNorm = 0 });
    }

    [Fact]
    public void A_compiled_step_takes_the_same_steps_and_reads_the_rate_anew()
    {
        Adam eager = new(0) { Schedule = new StepDecay(0.1, 2), ClipGlobalNorm = 1, WeightDecay = 0.1 };
        Adam compiled = new(0) { Schedule = new StepDecay(0.1, 2), ClipGlobalNorm = 1, WeightDecay = 0.1 };
        (Parameter left, Parameter right) = (new("x", Tensor.From(1f, 2f, -3f)), new("x", Tensor.From(1f, 2f, -3f)));
        Executable? step = null;
        for (int index = 0; index < 6; index++)
        {
            Tensor gradient = Tensor.From(index - 2.5f, 1f, index);
            eager.Apply([KeyValuePair.Create("x", left)], [gradient]);
            compiled.Advance();
            step ??= new Executable(Tracer.Trace(
                inputs =>
                {
                    compiled.Change([KeyValuePair.Create("x", right)], [new ParameterGradient(inputs[0])]);
                    return [];
                },
                ("gradient", gradient.Type)).Optimize());
            step.Execute(gradient);
            Assert.Equal(eager.LearningRate, compiled.LearningRate);
        }

        Assert.Equal(left.Value.ToArray<float>(), right.Value.ToArray<float>());
        Assert.Equal(eager.State["x/square"].ToArray<float>(), compiled.State["x/square"].ToArray<float>());
    }

    [Fact]
    public void A_step_that_is_compiled_by_hand_is_refused() => Assert.StartsWith(
        "A step of an optimizer cannot be compiled by hand",
        Assert.Throws<InvalidOperationException>(() => Tracer.Trace(
            inputs =>
            {
                new Sgd().Apply(Named(Tensor.From(1f)), inputs);
                return [];
            },
            ("gradient", new TensorType(DataType.Float32, [1])))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void An_optimizer_of_ones_own_is_a_formula_of_tensors()
    {
        SignDescent optimizer = new(0.5);
        Parameter parameter = Run(optimizer, 3);
        Assert.Equal([0f, 0.5f], parameter.Value.ToArray<float>());
        Assert.Equal([3f, 3f], optimizer.State["x/count"].ToArray<float>());

        static Parameter Run(Optimizer optimizer, int steps)
        {
            Parameter parameter = new("x", Tensor.From(1f, 2f));
            OptimizerOptionsTests.Run(optimizer, parameter, steps);
            return parameter;
        }
    }

    private static bool Close(double left, double right) => Math.Abs(left - right) < 1e-12;

    private static void Refused(string message, Func<object?> create) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(create).Message, StringComparison.Ordinal);

    private static KeyValuePair<string, Parameter>[] Named(params Tensor[] values) =>
        [.. values.Select((value, index) => KeyValuePair.Create($"{(char)('a' + index)}", new Parameter("x", value)))];

    private static double[] Steps(Optimizer optimizer, params double[][] gradients)
    {
        KeyValuePair<string, Parameter>[] parameters = Named([.. gradients.Select(gradient => Tensor.Zeros([gradient.Length], DataType.Float64))]);
        optimizer.Apply(parameters, [.. gradients.Select(gradient => Tensor.From(gradient))]);
        return [.. parameters.SelectMany(pair => pair.Value.Value.ToArray<double>())];
    }

    private static Optimizer Run(Optimizer optimizer, Parameter parameter, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            optimizer.Apply([KeyValuePair.Create("x", parameter)], [parameter.Value * 2]);
        }

        return optimizer;
    }

    private sealed class SignDescent(double learningRate) : Optimizer(learningRate)
    {
        protected override Tensor Update(string name, Tensor value, Tensor gradient)
        {
            Keep(name, "count", Slot(name, "count", value) + 1);
            return value - (gradient.Sign() * RateFor(value));
        }
    }
}
