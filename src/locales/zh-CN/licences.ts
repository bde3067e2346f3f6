export const licences = {
  title: '许可与数据',
  intro: '数字实验室是采用 MIT 许可证的自由软件。',
  data: '手写数字来自 MNIST 数据库，作者为 Yann LeCun、Corinna Cortes 与 Christopher J. C. Burges，取自 NIST 的第 1 号与第 3 号专用数据库，采用“知识共享 署名—相同方式共享 3.0”许可协议。',
  packages: '所用的第三方作品',
  hint: '本页面提供的全部他人作品。展开条目即可阅读其许可证。',
  loading: '正在载入列表',
  failed: '无法载入许可证列表',
  failedText: '请检查网络连接后重试。',
  onlyInBuild: '开发服务器没有此列表：由 npm run build 生成，由 npm start 提供。',
};
