using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;

namespace Nabla.Benchmarks.Processes;

/// <summary>The program of bench/Nabla.FirstStep by libtorch: the digits network on a batch of random images.</summary>
internal static class LibtorchSteps
{
    /// <summary>The argument that makes this program run it, before anything else is loaded.</summary>
    public const string Argument = "libtorch-steps";

    private const int Batch = 64;
    private const int Steps = 100;

    public static void Run()
    {
        using Sequential network = torch.nn.Sequential(
            torch.nn.Conv2d(1, 32, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.Conv2d(32, 64, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
            torch.nn.Flatten(), torch.nn.Linear(1600, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10));
        Adam adam = torch.optim.Adam(network.parameters(), 0.001);
        using torch.Tensor images = torch.rand(Batch, 1, 28, 28);
        using torch.Tensor labels = torch.arange(Batch, torch.int64).remainder(10);
        for (int step = 0; step < Steps; step++)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            adam.zero_grad();
            torch.Tensor loss = torch.nn.functional.cross_entropy(network.forward(images), labels);
            loss.backward();
            adam.step();
            if (step == 0)
            {
                Console.WriteLine(ChildProcess.FirstStep);
            }
        }

        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(self.PeakWorkingSet64);
    }
}
