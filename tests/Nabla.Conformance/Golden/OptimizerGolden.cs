using TorchSharp;
using static TorchSharp.torch;

namespace Nabla.Conformance.Golden;

/// <summary>
/// Where optimizers go: <c>start</c> [2, 3], <c>gradients</c> [steps, 2, 3], the same for all, and for each optimizer the values after each
/// step [steps, 2, 3].
/// </summary>
internal static class OptimizerGolden
{
    private const int Steps = 8;

    private static readonly (string Name, Func<TorchSharp.Modules.Parameter, optim.Optimizer> Create)[] Optimizers =
    [
        ("sgd", x => optim.SGD([x], 0.1)),
        ("sgd momentum", x => optim.SGD([x], 0.1, momentum: 0.9)),
        ("sgd nesterov", x => optim.SGD([x], 0.1, momentum: 0.9, nesterov: true)),
        ("sgd weight decay", x => optim.SGD([x], 0.1, momentum: 0.9, weight_decay: 0.2)),
        ("adam", x => optim.Adam([x], 0.05)),
        ("adam betas", x => optim.Adam([x], 0.05, 0.8, 0.95, 1e-6)),
        ("adam amsgrad", x => optim.Adam([x], 0.05, amsgrad: true, beta2: 0.9)),
        ("adamw amsgrad", x => optim.AdamW([x], 0.05, beta2: 0.9, weight_decay: 0.1, amsgrad: true)),
        ("adam weight decay", x => optim.Adam([x], 0.05, weight_decay: 0.2)),
        ("adamw", x => optim.AdamW([x], 0.05, weight_decay: 0.1)),
        ("nadam", x => optim.NAdam([x], 0.05)),
        ("rmsprop", x => optim.RMSProp([x], 0.05, 0.8)),
        ("rmsprop momentum", x => optim.RMSProp([x], 0.05, 0.8, momentum: 0.5)),
        ("rmsprop centered", x => optim.RMSProp([x], 0.05, 0.8, centered: true)),
        ("adagrad", x => optim.Adagrad([x], 0.1)),
        ("adamax", x => optim.Adamax([x], 0.05)),
        ("rmsprop centered momentum", x => optim.RMSProp([x], 0.05, 0.8, momentum: 0.5, centered: true)),
        ("adadelta", x => optim.Adadelta([x], 1.0, 0.9, 1e-6)),
    ];

    public static void Record(GoldenRecorder file)
    {
        (torch.Tensor start, torch.Tensor gradients) = (GoldenRecorder.Normal(2, 3), GoldenRecorder.Normal(Steps, 2, 3));
        file.Add("start", start);
        file.Add("gradients", gradients);
        foreach ((string name, Func<TorchSharp.Modules.Parameter, optim.Optimizer> create) in Optimizers)
        {
            file.Add(name, Path(create, start, gradients));
            file.CountCase();
        }
    }

    private static torch.Tensor Path(Func<TorchSharp.Modules.Parameter, optim.Optimizer> create, torch.Tensor start, torch.Tensor gradients)
    {
        TorchSharp.Modules.Parameter parameter = new(start.clone());
        optim.Optimizer optimizer = create(parameter);
        torch.Tensor[] path = new torch.Tensor[Steps];
        for (int step = 0; step < Steps; step++)
        {
            parameter.grad = gradients[step].clone();
            optimizer.step();
            path[step] = parameter.detach().clone();
        }

        return stack(path);
    }
}
