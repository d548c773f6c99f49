using Nabla.Cli.Commands;
using Nabla.Optimizers;

namespace Nabla.Cli.Tests;

public sealed class OptimizerNamesTests
{
    [Fact]
    public void Every_optimizer_of_the_library_has_a_name()
    {
        Type[] named = [.. OptimizerNames.All.Select(name => OptimizerNames.Create(name, 0.5).GetType()).Distinct()];
        Type[] all = [.. typeof(Optimizer).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Optimizer)) && !type.IsAbstract)];
        Assert.Equal(all.OrderBy(type => type.Name), named.OrderBy(type => type.Name));
        Assert.All(OptimizerNames.All, name => Assert.Equal(0.5, OptimizerNames.Create(name, 0.5).LearningRate));
    }
}
