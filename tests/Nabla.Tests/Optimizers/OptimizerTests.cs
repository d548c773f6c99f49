using Nabla.Backends.Cpu;
using Nabla.Layers;
using Nabla.Optimizers;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Optimizers;

/// <summary>Each optimizer against its paper's formulas, written out for one number.</summary>
[Collection(nameof(WorkerPool))]
public sealed class OptimizerTests
{
    public static TheoryData<string> Names => [.. Rules.Keys];

    private static Dictionary<string, (Func<Optimizer> Create, Func<Rule> Definition)> Rules { get; } = new()
    {
        ["sgd"] = (() => new Sgd(0.1), () => (x, g, _) => x - (0.1 * g)),
        ["sgd with decay"] = (() => new Sgd(0.1) { WeightDecay = 0.3 }, () => (x, g, _) => x - (0.1 * (g + (0.3 * x)))),
        ["momentum"] = (() => new Sgd(0.1, 0.9), () =>
        {
            double v = 0;
            return (x, g, _) => x - (0.1 * (v = (0.9 * v) + g));
        }
        ),
        ["nesterov"] = (() => new Sgd(0.1, 0.9, nesterov: true), () =>
        {
            double v = 0;
            return (x, g, _) => x - (0.1 * (g + (0.9 * (v = (0.9 * v) + g))));
        }
        ),
        ["adam"] = (() => new Adam(0.05), () => Adam(0, 0, amsGrad: false)),
        ["adam with decay"] = (() => new Adam(0.05) { WeightDecay = 0.2 }, () => Adam(0.2, 0, amsGrad: false)),
        ["amsgrad"] = (() => new Adam(0.05, beta2: 0.5, amsGrad: true), () => Adam(0, 0, amsGrad: true, beta2: 0.5)),
        ["adamw"] = (() => new AdamW(0.05, 0.1), () => Adam(0, 0.1, amsGrad: false)),
        ["nadam"] = (() => new Nadam(0.05), Nadam),
        ["adamax"] = (() => new Adamax(0.05), () =>
        {
            (double m, double u) = (0, 0);
            return (x, g, t) =>
            {
                m = (0.9 * m) + (0.1 * g);
                u = Math.Max(0.999 * u, Math.Abs(g) + 1e-8);
                return x - (0.05 / (1 - Math.Pow(0.9, t)) * m / u);
            };
        }
        ),
        ["rmsprop"] = (() => new RmsProp(0.05, 0.8), () => RmsProp(0, centered: false)),
        ["rmsprop with momentum"] = (() => new RmsProp(0.05, 0.8, 0.5), () => RmsProp(0.5, centered: false)),
        ["centered rmsprop"] = (() => new RmsProp(0.05, 0.8, epsilon: 1e-3, centered: true), () => RmsProp(0, centered: true, 1e-3)),
        ["centered rmsprop with momentum"] = (() => new RmsProp(0.05, 0.8, 0.5, 1e-3, centered: true), () => RmsProp(0.5, centered: true, 1e-3)),
        ["adagrad"] = (() => new Adagrad(0.1), () =>
        {
            double s = 0;
            return (x, g, _) => x - (0.1 * g / (Math.Sqrt(s += g * g) + 1e-10));
        }
        ),
        ["adadelta"] = (() => new Adadelta(), () =>
        {
            (double s, double u) = (0, 0);
            return (x, g, _) =>
            {
                s = (0.9 * s) + (0.1 * g * g);
                double step = Math.Sqrt((u + 1e-6) / (s + 1e-6)) * g;
                u = (0.9 * u) + (0.1 * step * step);
                return x - step;
            };
        }
        ),
        ["lion"] = (() => new Lion(0.02, weightDecay: 0.3), () =>
        {
            double m = 0;
            return (x, g, _) =>
            {
                double direction = Math.Sign((0.9 * m) + (0.1 * g));
                m = (0.99 * m) + (0.01 * g);
                return x - (0.02 * (direction + (0.3 * x)));
            };
        }
        ),
    };

    private delegate double Rule(double value, double gradient, int step);

    [Theory]
    [MemberData(nameof(Names))]
    public void An_optimizer_takes_the_steps_of_its_formula(string name)
    {
        foreach (int size in new[] { 1, 8, 37 })
        {
            Tensor start = GradientCheck.Random([size], size);
            Assert.Equal(Naive(name, start, DataType.Float64), Path(Rules[name].Create(), start), (left, right) => Math.Abs(left - right) < 1e-12);
            float[] singles = [.. Path(Rules[name].Create(), start.To(DataType.Float32)).Select(value => (float)value)];
            Assert.Equal(Naive(name, start, DataType.Float32), [.. singles.Select(value => (double)value)], (left, right) => Math.Abs(left - right) < 2e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_number_of_threads_gives_the_same_bits(string name)
    {
        Tensor start = GradientCheck.Random([20_011], 3).To(DataType.Float32);
        double[][] runs = [.. Backends.Cpu.Threads.Counts.Select(count =>
        {
            double[] path = [];
            Backends.Cpu.Threads.With(count, () => path = Path(Rules[name].Create(), start, steps: 2));
            return path;
        })];
        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[0], runs[2]);
        Assert.Equal(Path(Rules[name].Create(), start.Slice(0, 16_380, 40), steps: 2)[3], runs[0][16_383]);
    }

    /// <summary>The gradient of x² + sin(3x) at other places in each step: it changes its sign on the way.</summary>
    internal static double Gradient(double x) => (2 * x) + (3 * Math.Cos(3 * x));

    private static double[] Path(Optimizer optimizer, Tensor start, int steps = 5)
    {
        KeyValuePair<string, Parameter>[] parameters = [KeyValuePair.Create("x", new Parameter("x", start))];
        for (int step = 0; step < steps; step++)
        {
            double[] gradient = [.. parameters[0].Value.Value.To(DataType.Float64).ToArray<double>().Select(Gradient)];
            optimizer.Apply(parameters, [Tensor.From(gradient).To(start.DataType)]);
        }

        Assert.Equal(steps, optimizer.Step);
        return parameters[0].Value.Value.To(DataType.Float64).ToArray<double>();
    }

    private static double[] Naive(string name, Tensor start, DataType dataType) => [.. start.To(dataType).To(DataType.Float64).ToArray<double>().Select(value =>
    {
        Rule rule = Rules[name].Definition();
        for (int step = 1; step <= 5; step++)
        {
            value = rule(value, Gradient(value), step);
        }

        return value;
    })];

    private static Rule Adam(double penalty, double decay, bool amsGrad, double beta2 = 0.999)
    {
        (double m, double s, double largest) = (0, 0, 0);
        return (x, g, t) =>
        {
            g += penalty * x;
            m = (0.9 * m) + (0.1 * g);
            s = (beta2 * s) + ((1 - beta2) * g * g);
            largest = Math.Max(largest, s);
            double mean = m / (1 - Math.Pow(0.9, t));
            double square = (amsGrad ? largest : s) / (1 - Math.Pow(beta2, t));
            return (x * (1 - (0.05 * decay))) - (0.05 * mean / (Math.Sqrt(square) + 1e-8));
        };
    }

    private static Rule Nadam()
    {
        (double m, double s, double product) = (0, 0, 1);
        return (x, g, t) =>
        {
            m = (0.9 * m) + (0.1 * g);
            s = (0.999 * s) + (0.001 * g * g);
            product *= Momentum(t);
            double root = Math.Sqrt(s / (1 - Math.Pow(0.999, t))) + 1e-8;
            return x - (0.05 * (1 - Momentum(t)) / (1 - product) * g / root) - (0.05 * Momentum(t + 1) / (1 - (product * Momentum(t + 1))) * m / root);
        };

        static double Momentum(int t) => 0.9 * (1 - (0.5 * Math.Pow(0.96, 0.004 * t)));
    }

    private static Rule RmsProp(double momentum, bool centered, double epsilon = 1e-8)
    {
        (double s, double m, double v) = (0, 0, 0);
        return (x, g, _) =>
        {
            s = (0.8 * s) + (0.2 * g * g);
            m = (0.8 * m) + (0.2 * g);
            v = (momentum * v) + (g / (Math.Sqrt(centered ? s - (m * m) : s) + epsilon));
            return x - (0.05 * v);
        };
    }
}
