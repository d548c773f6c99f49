using Nabla.Layers;
using Nabla.Optimizers;

namespace Nabla.Tests.Golden;

public sealed class GoldenOptimizerTests
{
    private const double Tolerance = 1e-12;

    private static readonly GoldenFile File = new("optimizers");

    private static readonly Dictionary<string, Func<Optimizer>> Optimizers = new()
    {
        ["sgd"] = () => new Sgd(0.1),
        ["sgd momentum"] = () => new Sgd(0.1, 0.9),
        ["sgd nesterov"] = () => new Sgd(0.1, 0.9, nesterov: true),
        ["sgd weight decay"] = () => new Sgd(0.1, 0.9) { WeightDecay = 0.2 },
        ["adam"] = () => new Adam(0.05),
        ["adam betas"] = () => new Adam(0.05, 0.8, 0.95, 1e-6),
        ["adam amsgrad"] = () => new Adam(0.05, beta2: 0.9, amsGrad: true),
        ["adam weight decay"] = () => new Adam(0.05) { WeightDecay = 0.2 },
        ["adamw"] = () => new AdamW(0.05, 0.1),
        ["adamw amsgrad"] = () => new AdamW(0.05, 0.1, beta2: 0.9, amsGrad: true),
        ["adamax"] = () => new Adamax(0.05),
        ["nadam"] = () => new Nadam(0.05),
        ["rmsprop"] = () => new RmsProp(0.05, 0.8),
        ["rmsprop momentum"] = () => new RmsProp(0.05, 0.8, 0.5),
        ["rmsprop centered"] = () => new RmsProp(0.05, 0.8, centered: true),
        ["rmsprop centered momentum"] = () => new RmsProp(0.05, 0.8, 0.5, centered: true),
        ["adagrad"] = () => new Adagrad(0.1),
        ["adadelta"] = () => new Adadelta(),
    };

    public static TheoryData<string> Names => [.. File.Names.Except(["start", "gradients"])];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_optimizer_takes_the_steps_of_libtorch(string name)
    {
        Assert.True(Optimizers.ContainsKey(name), $"Golden case '{name}' has no optimizer to compare with.");
        Optimizer optimizer = Optimizers[name]();
        KeyValuePair<string, Parameter>[] parameters = [KeyValuePair.Create("x", new Parameter("x", File["start"]))];
        Tensor[] gradients = Rows(File["gradients"]), path = Rows(File[name]);
        for (int step = 0; step < gradients.Length; step++)
        {
            optimizer.Apply(parameters, [gradients[step]]);
            GoldenFile.AssertClose(path[step], parameters[0].Value.Value, Tolerance, $"{name} after step {step + 1}");
        }
    }

    private static Tensor[] Rows(Tensor steps) => [.. steps.Split(0, steps.Shape[0]).Select(step => step.Reshape(steps.Shape[1], steps.Shape[2]))];
}
