namespace Nabla.Tests;

public sealed class Smoke
{
    [Fact]
    public void The_test_runner_runs() => Assert.True(true);
}
