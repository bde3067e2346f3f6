/** The Vulkan driver file to use: the environment's, else lavapipe's, else SwiftShader's; undefined where there is none. */
export declare function vulkanDriver(): string | undefined;
/**
 * Puts WebGPU onto globalThis as a browser worker has it (navigator.gpu, the GPU* classes, self), and checks that an
 * adapter answers. Call it before anything imports tfjs's webgpu backend; a second call does nothing.
 * @throws Error that says what to install.
 */
export declare function installDawn(): Promise<GPU>;
