using Nabla.Layers;
using Nabla.Optimizers;

namespace Nabla.Tests.Optimizers;

/// <summary>Each optimizer against its paper's formulas, written out for one number.</summary>
public sealed class OptimizerTests
{
    private const int Steps = 12;

    public static TheoryData<string> Names => [.. Rules.Keys];

    private static Dictionary<string, (Func<Optimizer> Create, Func<Rule> Definition)> Rules { get; } = new()
    {
        ["sgd"] = (() => new Sgd(0.1), () => (x, g, _) => x - (0.1 * g)),
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
        ["adam"] = (() => new Adam(0.05), () => AdamRule(0)),
        ["adamw"] = (() => new AdamW(0.05, 0.1), () => AdamRule(0.1)),
        ["rmsprop"] = (() => new RmsProp(0.05, 0.8, 0.5), () =>
        {
            (double s, double v) = (0, 0);
            return (x, g, _) =>
            {
                s = (0.8 * s) + (0.2 * g * g);
                v = (0.5 * v) + (g / (Math.Sqrt(s) + 1e-8));
                return x - (0.05 * v);
            };
        }
        ),
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
        Optimizer optimizer = Rules[name].Create();
        Rule rule = Rules[name].Definition();
        KeyValuePair<string, Parameter>[] parameters = [KeyValuePair.Create("x", new Parameter("x", Tensor.From(1.5, -0.5)))];
        Rule other = Rules[name].Definition();
        (double first, double second) = (1.5, -0.5);
        for (int step = 1; step <= Steps; step++)
        {
            // The gradient of x² + sin(3x): it changes its sign on the way.
            (double a, double b) = ((2 * first) + (3 * Math.Cos(3 * first)), (2 * second) + (3 * Math.Cos(3 * second)));
            optimizer.Apply(parameters, [Tensor.From(a, b)]);
            (first, second) = (rule(first, a, step), other(second, b, step));
            Assert.Equal(first, parameters[0].Value.Value.ToArray<double>()[0], 1e-12);
            Assert.Equal(second, parameters[0].Value.Value.ToArray<double>()[1], 1e-12);
        }
    }

    private static Rule AdamRule(double weightDecay)
    {
        (double m, double s) = (0, 0);
        return (x, g, t) =>
        {
            m = (0.9 * m) + (0.1 * g);
            s = (0.999 * s) + (0.001 * g * g);
            double mean = m / (1 - Math.Pow(0.9, t));
            double square = s / (1 - Math.Pow(0.999, t));
            return (x * (1 - (0.05 * weightDecay))) - (0.05 * mean / (Math.Sqrt(square) + 1e-8));
        };
    }
}
