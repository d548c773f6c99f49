namespace Nabla.Tests.Golden;

public sealed class GoldenProductTests
{
    private static readonly GoldenCases Cases = new("products")
    {
        ["matrices"] = x => x[0].MatMul(x[1]),
        ["row and column"] = x => x[0].MatMul(x[1]),
        ["batch"] = x => x[0].MatMul(x[1]),
        ["batch with one right matrix"] = x => x[0].MatMul(x[1]),
        ["batch with one left matrix"] = x => x[0].MatMul(x[1]),
        ["batches that broadcast"] = x => x[0].MatMul(x[1]),
        ["matrix and vector"] = x => x[0].MatMul(x[1]),
        ["vector and batch"] = x => x[0].MatMul(x[1]),
        ["vectors"] = x => x[0].MatMul(x[1]),
        ["batch with right transposed"] = x => x[0].MatMul(x[1], transposeRight: true),
        ["left transposed"] = x => x[0].MatMul(x[1], transposeLeft: true),
        ["right transposed"] = x => x[0].MatMul(x[1], transposeRight: true),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Product_gives_what_libtorch_gave(string name) => Cases.Verify(name);

    [Fact]
    public void Each_product_has_its_golden_case() => Cases.VerifyComplete();
}
