using Nabla.Optimizers;

namespace Nabla.Cli.Commands;

/// <summary>The optimizers by the names that <c>--optimizer</c> takes, each with the learning rate that is usual for it.</summary>
internal static class OptimizerNames
{
    private static readonly OrderedDictionary<string, (double LearningRate, Func<double, Optimizer> Create)> Known = new()
    {
        ["adam"] = (0.001, rate => new Adam(rate)),
        ["adamw"] = (0.001, rate => new AdamW(rate)),
        ["adamax"] = (0.002, rate => new Adamax(rate)),
        ["nadam"] = (0.002, rate => new Nadam(rate)),
        ["sgd"] = (0.01, rate => new Sgd(rate)),
        ["momentum"] = (0.01, rate => new Sgd(rate, momentum: 0.9)),
        ["nesterov"] = (0.01, rate => new Sgd(rate, momentum: 0.9, nesterov: true)),
        ["rmsprop"] = (0.001, rate => new RmsProp(rate)),
        ["adagrad"] = (0.01, rate => new Adagrad(rate)),
        ["adadelta"] = (1, rate => new Adadelta(rate)),
        ["lion"] = (0.0001, rate => new Lion(rate)),
    };

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> All => Known.Keys;

    /// <summary>The learning rate that is taken when none is given.</summary>
    public static double UsualLearningRate(string name) => Known[name].LearningRate;

    /// <summary>An optimizer by name.</summary>
    public static Optimizer Create(string name, double learningRate) => Known[name].Create(learningRate);
}
